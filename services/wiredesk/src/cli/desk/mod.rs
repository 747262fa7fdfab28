//! The desk in a terminal: `wiredesk tail`, `search` and `status`.

pub mod line;
pub mod search;
pub mod status;
pub mod tail;

use chrono::TimeDelta;
use wiredesk_contract::Timestamp;
use wiredesk_store::read::{Circle, ItemFilter, Words};

use crate::failure::Failure;

/// Which items.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Wanted {
    /// Only of these wires, comma-separated
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    source: Vec<String>,
    /// Only in these languages, comma-separated (es, pt)
    #[arg(long, value_name = "LANGUAGE,…", value_delimiter = ',')]
    language: Vec<String>,
    /// Only copy of this sort: news, planning, roundup, not_article
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// At least as urgent: 1 (flash) to 9
    #[arg(long, value_name = "1-9", value_parser = clap::value_parser!(i16).range(1..=9))]
    urgency: Option<i16>,
    /// Only of these IPTC Media Topics, comma-separated (medtop:15000000)
    #[arg(long, value_name = "CODE,…", value_delimiter = ',')]
    topic: Vec<String>,
    /// Only what names this person, organisation or place, by its id (`wiredesk vocab find`)
    #[arg(long, value_name = "ID")]
    entity: Option<String>,
    /// Only what is about a place in this circle, or names one: degrees north, degrees east, kilometres (40.4168,-3.7038,50)
    #[arg(long, value_name = "LAT,LON,KM", value_parser = circle, allow_hyphen_values = true)]
    near: Option<Circle>,
    /// Leave repeats out
    #[arg(long)]
    no_repeats: bool,
    /// Only what was written since: 30m, 6h, 2d, or an instant (2026-02-15T09:30:00Z)
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only what was written before: the same
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

impl Wanted {
    /// The filter for the store.
    pub fn filter(&self, words: Option<String>, limit: u32, now: Timestamp) -> Result<ItemFilter, Failure> {
        let list = |values: &[String]| (!values.is_empty()).then(|| values.to_vec());
        Ok(ItemFilter {
            sources: list(&self.source),
            languages: list(&self.language),
            kind: self.kind.clone(),
            urgency: self.urgency,
            topics: list(&self.topic),
            entity: self.entity.clone(),
            near: self.near,
            hide_duplicates: self.no_repeats,
            words: words.map(Words::Exact),
            since: self.since.as_deref().map(|text| instant("--since", text, now)).transpose()?,
            until: self.until.as_deref().map(|text| instant("--until", text, now)).transpose()?,
            limit: i64::from(limit),
            ..ItemFilter::default()
        })
    }
}

fn circle(text: &str) -> Result<Circle, String> {
    Circle::read(text)
        .ok_or_else(|| "write degrees north, degrees east and kilometres, like 40.4168,-3.7038,50".to_owned())
}

/// An instant, or a span before now.
fn instant(option: &str, text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    let span = || {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let number: i64 = number.parse().ok()?;
        let span = match unit {
            "s" => TimeDelta::try_seconds(number),
            "m" => TimeDelta::try_minutes(number),
            "h" => TimeDelta::try_hours(number),
            "d" => TimeDelta::try_days(number),
            _ => None,
        }?;
        now.checked_sub_signed(span)
    };
    text.parse().ok().or_else(span).ok_or_else(|| {
        Failure::Usage(format!(
            "{option} {text}: write it as 30m, 6h, 2d, or as an instant like 2026-02-15T09:30:00Z"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_instants_are_read() {
        let now: Timestamp = "2026-02-15T12:00:00Z".parse().unwrap();
        for (text, at) in [
            ("90s", "2026-02-15T11:58:30Z"),
            ("30m", "2026-02-15T11:30:00Z"),
            ("6h", "2026-02-15T06:00:00Z"),
            ("2d", "2026-02-13T12:00:00Z"),
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ] {
            assert_eq!(instant("--since", text, now).unwrap(), at.parse::<Timestamp>().unwrap(), "{text}");
        }
        for text in ["", "h", "2w", "é", "yesterday", "9223372036854775807d"] {
            assert!(instant("--since", text, now).is_err(), "{text}");
        }
    }
}
