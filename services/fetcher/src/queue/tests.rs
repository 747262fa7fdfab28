use super::*;
use chrono::{DateTime, Duration};

const POLITE: Limits = Limits { gap: 1.0, concurrency: 2, max_rest: 3600, max_retry_after: 86_400 };
const OWN: Limits = Limits { gap: 0.0, concurrency: 1000, max_rest: 3600, max_retry_after: 86_400 };

fn at(millis: i64) -> Timestamp {
    DateTime::from_timestamp(1_772_443_800, 0).unwrap() + Duration::milliseconds(millis)
}

fn names(tickets: &[Ticket]) -> Vec<&str> {
    tickets.iter().map(|t| &*t.source).collect()
}

fn polite() -> Queues {
    let mut queues = Queues::default();
    queues.add_domain("wire.example", Domain::default(), POLITE);
    for n in 0..5 {
        queues.put("wire.example", &format!("w{n}"), at(n));
    }
    queues
}

#[test]
fn what_is_due_at_once_goes_out_with_gaps() {
    let mut queues = polite();
    queues.add_domain("own:127.0.0.1", Domain::default(), OWN);
    for n in 0..3 {
        queues.put("own:127.0.0.1", &format!("o{n}"), at(n));
    }
    let first = queues.pop(at(10), 100);
    let mut found = names(&first);
    found.sort_unstable();
    assert_eq!(found, ["o0", "o1", "o2", "w0"], "of the polite domain one, of one's own all");
    assert!(queues.pop(at(5000), 100).is_empty(), "the gap counts from the start, and it has not started");
    queues.started("wire.example", at(5000), 0.0);
    assert_eq!(queues.next_at(), Some(at(6000)));
    assert!(queues.pop(at(5999), 100).is_empty());
    assert_eq!(names(&queues.pop(at(6000), 100)), ["w1"]);
    queues.started("wire.example", at(6000), 0.0);
    assert_eq!(queues.next_at(), None, "two are on their way");
    queues.ended("wire.example", at(5000), None, at(7500), 0.0);
    queues.back("wire.example", "w0", Some(at(60_000)));
    assert_eq!(names(&queues.pop(at(7500), 100)), ["w2"]);
}

#[test]
fn a_clock_that_is_set_back_keeps_nobody_waiting_longer() {
    let mut queues = polite();
    let ticket = queues.pop(at(10), 1).remove(0);
    queues.started(&ticket.domain, at(10), 0.0);
    queues.ended(&ticket.domain, at(10), Some(Some(100)), at(20), 0.0);
    queues.back(&ticket.domain, &ticket.source, Some(at(200_000)));
    queues.set_back(Duration::hours(1));
    let now = |millis| at(millis) - Duration::hours(1);
    assert_eq!(queues.next_at(), Some(now(100_020)));
    assert!(queues.pop(now(100_019), 10).is_empty());
    let next = queues.pop(now(100_020), 10);
    assert_eq!(names(&next), ["w1"]);
    queues.put("wire.example", "w2", now(300_000));
    queues.dropped(&next[0], None);
    assert_eq!(names(&queues.pop(now(100_021), 1)), ["w3"], "w2 was moved and stands once");
    assert_eq!(queues.len(), 4);
}

#[test]
fn a_refusal_holds_the_whole_domain() {
    let mut queues = polite();
    let ticket = queues.pop(at(10), 1).remove(0);
    queues.started(&ticket.domain, at(10), 0.0);
    let owed = queues.ended(&ticket.domain, at(10), Some(Some(100)), at(20), 0.0);
    assert_eq!(owed.unwrap().rest_until, Some(at(100_020)));
    queues.back(&ticket.domain, &ticket.source, Some(at(200_000)));
    assert!(queues.pop(at(100_019), 10).is_empty());
    assert_eq!(queues.pop(at(100_020), 10).len(), 1);
}

#[test]
fn what_was_removed_or_moved_meanwhile_does_not_come_back() {
    let mut queues = polite();
    queues.add_domain("other.example", Domain::default(), POLITE);
    let ticket = queues.pop(at(10), 1).remove(0);
    queues.started(&ticket.domain, at(10), 0.0);
    queues.put("other.example", &ticket.source, at(50));
    queues.ended(&ticket.domain, at(10), None, at(20), 0.0);
    queues.back(&ticket.domain, &ticket.source, Some(at(30)));
    let loads = queues.loads();
    assert_eq!((loads["wire.example"], loads["other.example"]), ((4, 0), (1, 0)));
    queues.remove_domain("wire.example");
    queues.back("wire.example", "w1", Some(at(30)));
    assert_eq!((queues.len(), queues.next_at()), (1, Some(at(50))));
}

#[test]
fn a_ticket_that_is_not_used_frees_its_queue() {
    let mut queues = polite();
    let ticket = queues.pop(at(10), 1).remove(0);
    assert!(queues.pop(at(10), 1).is_empty());
    queues.dropped(&ticket, None);
    assert_eq!(names(&queues.pop(at(10), 1)), ["w1"]);
    assert_eq!(queues.len(), 4);
}

#[test]
fn further_requests_of_one_poll_keep_the_gap_too() {
    let mut queues = polite();
    let ticket = queues.pop(at(10), 1).remove(0);
    queues.started(&ticket.domain, at(10), 0.0);
    assert_eq!(queues.turn(&ticket.domain, at(20), 0.0), at(1010));
    assert_eq!(queues.turn(&ticket.domain, at(20), 0.0), at(2010));
    assert_eq!(queues.next_at(), Some(at(3010)));
}
