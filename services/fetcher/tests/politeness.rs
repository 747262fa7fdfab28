//! Politeness over a day of many wires, servers that refuse, and fetchers that come and go: under a clock of its own.

use crate::simulator::{World, run};

#[test]
fn no_server_is_asked_more_than_it_allows() {
    let report = run(&World { feeds: 300, hosts: 15, hours: 30, fetchers: 4, seed: 7 });
    assert_eq!(report.gap_broken, 0, "{report:?}");
    assert_eq!(report.concurrency_broken, 0, "{report:?}");
    assert_eq!(report.retry_after_429_broken, [0, 0], "{report:?}");
    assert_eq!(report.retry_after_503_broken, [0, 0], "{report:?}");
    // It did happen, in both forms, and work went on.
    assert!(report.told_429.iter().chain(&report.told_503).all(|n| *n > 3), "{report:?}");
    assert!(report.moves > 2 && report.requests > 20_000, "{report:?}");
    assert!(report.busiest_second_after <= 15, "one a host and second at most: {report:?}");
    assert_eq!(report.starved, 0, "{report:?}");
}

#[test]
fn wires_with_short_windows_lose_nothing_and_are_fresh() {
    use crate::simulator::Dice;
    use crate::simulator::arrivals::{WIRES, ours, replay};
    for (n, wire) in WIRES.iter().enumerate() {
        let arrivals = wire.arrivals(7.0, &mut Dice::new(100 + n as u64));
        let mut out = replay(&arrivals, 0.0, 7.0 * 86_400.0, ours(&mut Dice::new(5)));
        assert_eq!(out.lost, 0, "{wire:?}");
        assert!(out.median() <= 60.0, "{wire:?}: {}", out.median());
        assert!(out.requests < 7 * 3000, "{wire:?}: {}", out.requests);
    }
}
