//! OpenTelemetry names for messaging (semantic conventions 1.44, "Development": they may change, so they stand here only),
//! and the spans made of them.

use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use wiredesk_bus::Received;
use wiredesk_contract::envelope::header;

/// Links of one batch span; more say nothing more and cost.
const MAX_LINKS: usize = 32;

/// The span of a batch: `process <topic>`, linked to the traces of its records.
pub(crate) fn batch_span(system: &str, group: &str, topic: &str, records: &[Received]) -> Span {
    let span = tracing::info_span!(
        "process",
        otel.name = format!("process {topic}"),
        otel.kind = "consumer",
        messaging.system = system,
        messaging.operation.name = "process",
        messaging.operation.r#type = "process",
        messaging.destination.name = topic,
        messaging.consumer.group.name = group,
        messaging.batch.message_count = records.len(),
    );
    if !span.is_disabled() {
        let parents = records.iter().filter_map(|r| r.record.header(header::TRACEPARENT));
        for context in parents.filter_map(span_context).take(MAX_LINKS) {
            span.add_link(context);
        }
        if let [only] = records
            && let Some(context) = only.record.header(header::TRACEPARENT).and_then(span_context)
        {
            // A batch of one is simply the next step of its item's trace.
            let parent = opentelemetry::Context::new().with_remote_span_context(context);
            if let Err(error) = span.set_parent(parent) {
                tracing::debug!("the trace of the record is not continued: {error}");
            }
        }
    }
    span
}

/// Reads a W3C `traceparent`, version 00.
pub fn span_context(traceparent: &str) -> Option<SpanContext> {
    let mut parts = traceparent.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |text: &str, length: usize| text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit());
    if version != "00" || !hex(trace, 32) || !hex(span, 16) || !hex(flags, 2) || parts.next().is_some() {
        return None;
    }
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?),
        true,
        TraceState::default(),
    );
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_read_or_refused() {
        let derived = wiredesk_contract::envelope::traceparent_of("an item/1");
        assert!(span_context(&derived).is_some_and(|c| c.is_sampled() && c.is_remote()));
        let (trace, span) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
        for wrong in [
            "",
            "00",
            "00-xyz-1-01",
            "00-00000000000000000000000000000000-0000000000000000-01",
            &format!("00-{trace}-{span}-01-and more"),
            &format!("00-{trace}-{span}-1"),
            &format!("00-+{}-{span}-01", &trace[1..]),
            &format!("00-{trace}-{span}-+1"),
        ] {
            assert_eq!(span_context(wrong), None, "{wrong}");
        }
    }
}
