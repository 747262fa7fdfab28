//! Permanent redirects: believed only after three sightings over a day, on the same registrable domain.

use wiredesk_contract::Timestamp;

/// So often a permanent redirect is seen before it is believed …
pub const SIGHTINGS: u32 = 3;
/// … over so many hours at least.
pub const HOURS: i64 = 24;
/// So many failures in a row at the new address, and the listed one is asked again.
pub const DOUBTS: u32 = 3;

/// What is known of a source's move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Where to, under observation.
    pub to: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// How often it was seen.
    pub seen: u32,
    /// The address that is polled instead of the listed one.
    pub url: Option<String>,
}

/// After an answer: `to` is where permanent redirects (301, 308) alone led, if any. A poll that failed says nothing.
pub fn sighted(before: &Moved, listed: &str, to: Option<&str>, now: Timestamp) -> Moved {
    let Some(to) = to.filter(|to| domain(to) == domain(listed)) else {
        return Moved { url: before.url.clone(), ..Moved::default() };
    };
    if before.to.as_deref() != Some(to) {
        return Moved { to: Some(to.to_owned()), since: Some(now), seen: 1, url: before.url.clone() };
    }
    let seen = before.seen.saturating_add(1);
    let long = before.since.is_some_and(|since| now - since >= chrono::Duration::hours(HOURS));
    if seen >= SIGHTINGS && long {
        return Moved { url: Some(to.to_owned()), ..Moved::default() };
    }
    Moved { seen, ..before.clone() }
}

/// After so many failures in a row: where the new address does not work, it is forgotten.
pub fn failed(before: &Moved, failures: u32) -> Moved {
    if failures >= DOUBTS { Moved { url: None, ..before.clone() } } else { before.clone() }
}

/// The registrable domain of an address; its host where it has none; None where it is no address.
pub fn domain(url: &str) -> Option<String> {
    let url = url::Url::parse(url.trim()).ok()?;
    let host = url.host_str()?;
    // An IP address has no registrable domain.
    match url.host() {
        Some(url::Host::Domain(name)) => Some(psl::domain_str(name).unwrap_or(name).to_owned()),
        _ => Some(host.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Duration};

    const LISTED: &str = "http://feeds.wire.example/rss";
    const NEW: &str = "https://www.wire.example/rss";

    fn at(hours: i64) -> Timestamp {
        DateTime::from_timestamp(1_772_443_800, 0).unwrap() + Duration::hours(hours)
    }

    fn after(sightings: &[(i64, Option<&str>)]) -> Moved {
        sightings.iter().fold(Moved::default(), |m, (hours, to)| sighted(&m, LISTED, *to, at(*hours)))
    }

    #[test]
    fn three_sightings_over_a_day() {
        let new = Some(NEW);
        let elsewhere = Some("https://other.example/rss");
        for (name, sightings, url) in [
            ("three over a day", vec![(0, new), (12, new), (24, new)], new),
            ("many within an hour", vec![(0, new), (0, new), (1, new), (1, new)], None),
            ("two over a day", vec![(0, new), (30, new)], None),
            ("it was gone in between", vec![(0, new), (12, None), (24, new), (30, new)], None),
            ("another domain", vec![(0, elsewhere), (12, elsewhere), (24, elsewhere)], None),
            (
                "it pointed elsewhere in between",
                vec![(0, new), (12, Some("https://wire.example/2")), (24, new)],
                None,
            ),
        ] {
            assert_eq!(after(&sightings).url.as_deref(), url, "{name}");
        }
    }

    #[test]
    fn a_new_address_that_fails_is_forgotten() {
        let moved = after(&[(0, Some(NEW)), (12, Some(NEW)), (24, Some(NEW))]);
        assert_eq!(failed(&moved, 2).url, moved.url);
        assert_eq!(failed(&moved, 3).url, None);
        assert_eq!(sighted(&moved, LISTED, None, at(30)).url, moved.url, "it answers there: it stays");
    }

    #[test]
    fn registrable_domains() {
        for (url, expected) in [
            ("https://feeds.bbci.co.uk/news", Some("bbci.co.uk")),
            ("https://a.b.wire.example/", Some("wire.example")),
            ("http://127.0.0.1:80/", Some("127.0.0.1")),
            ("http://[::1]/", Some("[::1]")),
            ("http://localhost/", Some("localhost")),
            ("wire", None),
        ] {
            assert_eq!(domain(url).as_deref(), expected, "{url}");
        }
    }
}
