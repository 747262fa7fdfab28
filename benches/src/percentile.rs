//! Percentiles by nearest rank, and slopes.

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

/// By how much the second value grows with the first, by least squares; 0 where there are fewer than two points.
pub fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let square: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
    if points.len() < 2 || square == 0.0 {
        0.0
    } else {
        points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>() / square
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_and_slopes() {
        let sorted: Vec<f64> = (1..=200).map(f64::from).collect();
        assert_eq!(
            (percentile(&sorted, 0.5), percentile(&sorted, 0.99), percentile(&sorted, 1.0)),
            (100.0, 198.0, 200.0)
        );
        assert_eq!(percentile(&[], 0.99), 0.0);
        assert!((slope(&[(0.0, 5.0), (1.0, 7.0), (2.0, 9.0)]) - 2.0).abs() < 1e-9);
        assert_eq!(slope(&[(1.0, 3.0)]), 0.0);
    }
}
