//! Percentiles by nearest rank.

/// The value at `share` (0 to 1) of the sorted values; 0 where there are none.
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or_default()
}

/// `p50 12 ms, p90 …` of milliseconds.
pub fn describe(mut milliseconds: Vec<f64>) -> String {
    milliseconds.sort_by(f64::total_cmp);
    let of = |share| percentile(&milliseconds, share).round();
    format!(
        "p50 {} ms, p90 {} ms, p99 {} ms, worst {} ms ({} items)",
        of(0.5),
        of(0.9),
        of(0.99),
        of(1.0),
        milliseconds.len()
    )
}
