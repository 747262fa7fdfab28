//! The model against measured runs that its costs an item do not come from: two replicas of each stage, where those come from one and four.

use std::collections::BTreeMap;

use super::capacity::cores;

/// Cores by part.
type Parts = [(&'static str, f64); 9];

/// `wiredesk-benches scale --replicas 2`: items and polls a second, and cores by part, over 42 seconds each.
const MEASURED: [(f64, f64, Parts); 2] = [
    (
        9.7,
        59.8,
        [
            ("api", 0.024),
            ("dedupe", 0.039),
            ("fetcher", 0.087),
            ("kafka", 0.839),
            ("postgres", 0.218),
            ("processor", 0.065),
            ("relay", 0.055),
            ("stories", 0.048),
            ("strip", 0.043),
        ],
    ),
    (
        19.2,
        59.3,
        [
            ("api", 0.024),
            ("dedupe", 0.045),
            ("fetcher", 0.109),
            ("kafka", 0.858),
            ("postgres", 0.260),
            ("processor", 0.085),
            ("relay", 0.052),
            ("stories", 0.080),
            ("strip", 0.052),
        ],
    ),
];

#[test]
fn the_model_is_within_a_quarter_of_what_was_measured() {
    let stages = ["fetcher", "strip", "dedupe", "processor", "relay", "stories"];
    let two: BTreeMap<&'static str, u64> = stages.map(|stage| (stage, 2)).into();
    for (items, polls, measured) in MEASURED {
        let predicted = cores(&two, (1.0, 1.0), items, polls);
        for (part, cores) in measured.into_iter().chain([("all", measured.iter().map(|(_, c)| c).sum())]) {
            let all = predicted.values().sum();
            let expected = if part == "all" { all } else { predicted[part] };
            let off = expected / cores - 1.0;
            assert!(
                off.abs() < 0.25,
                "{part} at {items} items/s: {expected:.3} cores expected, {cores:.3} measured"
            );
        }
    }
}
