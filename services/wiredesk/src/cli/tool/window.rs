//! Spans of time on the command line: `30m`, `96h`, `4d`.

use chrono::Duration;

/// Reads a number and a unit.
pub fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no span of time; write it as 90s, 30m, 96h or 4d");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: i64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
    let span = match unit {
        's' => Duration::try_seconds(number),
        'm' => Duration::try_minutes(number),
        'h' => Duration::try_hours(number),
        'd' => Duration::try_days(number),
        _ => None,
    };
    span.filter(|s| *s > Duration::zero()).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        assert_eq!(parse("96h"), Ok(Duration::hours(96)));
        assert_eq!(parse("4d"), parse("96h"));
        assert_eq!(parse("90s"), Ok(Duration::seconds(90)));
        for wrong in ["", "h", "96", "-1h", "0m", "9ñ", "99999999999999999d"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
