//! robots.txt files of hosts: what their answers mean, and how long they are kept.

use std::sync::Arc;

use chrono::Duration;
use wiredesk_contract::Timestamp;
use wiredesk_net::{NetError, Response};

use crate::robots::Robots;

/// Longest that a file is kept while its server answers (RFC 9309, 2.4).
const FRESH: Duration = Duration::hours(24);
/// Least that it is kept, whatever its server says: `no-cache` is on many of them without meaning.
const LEAST: Duration = Duration::hours(1);
/// First pause after a server that does not answer; doubled each time.
const PAUSE: Duration = Duration::minutes(10);
/// Most doublings of it.
const DOUBLINGS: i32 = 5;
/// A server that has not answered for so long has no file (RFC 9309, 2.3.1.4).
const GIVEN_UP: Duration = Duration::days(30);

/// What is known of a host's file.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub robots: Arc<Robots>,
    /// To be asked again then.
    pub until: Timestamp,
    /// Since when and how often in a row the server has not answered.
    silent: Option<(Timestamp, i32)>,
}

impl Kept {
    /// The server did not answer when it was last asked.
    pub fn is_silent(&self) -> bool {
        self.silent.is_some()
    }
}

/// What an answer means: a file counts as far as it was read, an answer of 4xx says that there is none, and a server that does
/// not answer, or has no time (429, 5xx), is not to be disturbed: its file from before counts, or nothing is allowed.
pub(super) fn judge(
    answer: Result<Response, NetError>,
    token: &str,
    before: Option<&Kept>,
    now: Timestamp,
) -> Kept {
    let read = |bytes: &[u8], fresh| Kept {
        robots: Arc::new(Robots::read(bytes, token)),
        until: now + fresh,
        silent: None,
    };
    match answer {
        Ok(response) if response.status == 429 || response.status >= 500 => silent(before, now),
        Ok(response) if (200..300).contains(&response.status) => {
            read(&response.body, fresh(response.cache_control.as_deref()))
        }
        Ok(_) => read(b"", FRESH),
        Err(NetError::TooLarge { head, .. }) => read(&head, FRESH),
        Err(error) if error.is_transient() => silent(before, now),
        // Redirects without end are no file; what may not be reached is not reached for its pages either.
        Err(_) => read(b"", FRESH),
    }
}

fn silent(before: Option<&Kept>, now: Timestamp) -> Kept {
    let (since, times) = before.and_then(|b| b.silent).unwrap_or((now, 0));
    let robots = match before {
        Some(_) if now - since > GIVEN_UP => Arc::default(),
        Some(before) => before.robots.clone(),
        None => Arc::new(Robots::closed()),
    };
    let pause = PAUSE * (1 << times.clamp(0, DOUBLINGS));
    Kept { robots, until: now + pause, silent: Some((since, times.saturating_add(1))) }
}

/// By `Cache-Control: max-age`, within a day.
fn fresh(cache_control: Option<&str>) -> Duration {
    let mut directives = cache_control.unwrap_or_default().split(',');
    let age =
        directives.find_map(|d| d.trim().strip_prefix("max-age=")?.trim_matches('"').parse::<i64>().ok());
    match age {
        Some(seconds) => Duration::seconds(seconds.clamp(LEAST.num_seconds(), FRESH.num_seconds())),
        None => FRESH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, cache_control: Option<&str>, body: &'static str) -> Result<Response, NetError> {
        Ok(Response {
            status,
            url: "https://w.example/robots.txt".to_owned(),
            redirects: Vec::new(),
            moved_to: None,
            etag: None,
            last_modified: None,
            content_type: None,
            cache_control: cache_control.map(str::to_owned),
            retry_after: None,
            expires: None,
            date: None,
            links: Vec::new(),
            body: body.as_bytes().into(),
        })
    }

    fn unreachable() -> Result<Response, NetError> {
        Err(NetError::Unreachable { host: "w.example".to_owned(), detail: "x".to_owned() })
    }

    const CLOSED: &str = "User-agent: *\nDisallow: /a";

    #[test]
    fn what_an_answer_means() {
        let now = Timestamp::UNIX_EPOCH;
        for (what, answer, open, kept) in [
            ("a file", answer(200, None, CLOSED), false, FRESH),
            (
                "a file for some hours",
                answer(200, Some("public, max-age=7200"), CLOSED),
                false,
                Duration::hours(2),
            ),
            ("a file for no time", answer(200, Some("max-age=0"), CLOSED), false, LEAST),
            ("a file for ever", answer(200, Some("max-age=99999999"), CLOSED), false, FRESH),
            ("none", answer(404, None, CLOSED), true, FRESH),
            ("none for us", answer(403, None, CLOSED), true, FRESH),
            ("too often", answer(429, None, ""), false, PAUSE),
            ("a fault", answer(500, None, ""), false, PAUSE),
            ("silence", unreachable(), false, PAUSE),
            ("a ring of redirects", Err(NetError::Redirects(5)), true, FRESH),
            (
                "a huge file",
                Err(NetError::TooLarge { limit: 1, seen: 2, how: "", head: CLOSED.as_bytes().into() }),
                false,
                FRESH,
            ),
        ] {
            let judged = judge(answer, "wiredesk", None, now);
            assert_eq!((judged.robots.allows("/a"), judged.until), (open, now + kept), "{what}");
        }
    }

    #[test]
    fn a_server_that_falls_silent_keeps_its_rules_for_a_month() {
        let mut now = Timestamp::UNIX_EPOCH;
        let mut kept = judge(answer(200, None, CLOSED), "wiredesk", None, now);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            now = kept.until;
            kept = judge(unreachable(), "wiredesk", Some(&kept), now);
            pauses.push((kept.until - now).num_minutes());
            assert!(!kept.robots.allows("/a") && kept.robots.allows("/b"));
        }
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 320, 320]);
        now += GIVEN_UP;
        kept = judge(answer(503, None, ""), "wiredesk", Some(&kept), now);
        assert!(kept.robots.allows("/a"));
        kept = judge(answer(200, None, CLOSED), "wiredesk", Some(&kept), now);
        assert!(!kept.robots.allows("/a"));
    }
}
