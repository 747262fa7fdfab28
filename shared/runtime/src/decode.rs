//! Records to messages; what cannot be read is refused with its reason.

use wiredesk_bus::Received;
use wiredesk_contract::{Message, decode, envelope::header};

use crate::dead::Refusal;
use crate::semconv::span_context;
use crate::stage::Origin;

/// A batch, decoded: `inputs[i]` came from record `places[i]`.
pub struct Decoded<M> {
    /// The messages, in the order of their records.
    pub inputs: Vec<M>,
    /// Which record each came from.
    pub places: Vec<usize>,
    /// The records that are none, and why.
    pub refused: Vec<(usize, Refusal)>,
}

/// Decodes every record by itself, so that a bad one costs no neighbour.
pub fn decode_all<M: Message>(records: &[Received]) -> Decoded<M> {
    let mut decoded = Decoded {
        inputs: Vec::with_capacity(records.len()),
        places: Vec::with_capacity(records.len()),
        refused: Vec::new(),
    };
    for (place, received) in records.iter().enumerate() {
        match decode::<M>(&received.record.payload) {
            Ok(message) => {
                decoded.inputs.push(message);
                decoded.places.push(place);
            }
            Err(error) => decoded
                .refused
                .push((place, Refusal { reason: error.reason().to_owned(), explanation: error.to_string() })),
        }
    }
    decoded
}

/// Where a record was, and its trace. A stranger's header that is no trace context is not passed on: it may be of any length,
/// and have a NUL that Postgres does not store.
pub fn origin(received: &Received) -> Origin {
    Origin {
        partition: received.partition,
        offset: received.offset,
        traceparent: received
            .record
            .header(header::TRACEPARENT)
            .filter(|text| span_context(text).is_some())
            .map(str::to_owned),
    }
}
