//! Zones by name and number.

use super::Zone;

/// The zone that a name or number means.
pub(super) fn zone_of(text: &str) -> Option<Zone> {
    let upper = text.to_ascii_uppercase();
    let name = upper.trim_end_matches('.');
    for prefix in ["GMT", "UTC"] {
        if let Some(rest) = name.strip_prefix(prefix)
            && rest.starts_with(['+', '-'])
        {
            return offset(rest);
        }
    }
    if name.starts_with(['+', '-', '\u{2212}']) {
        return offset(name);
    }
    let hours = |h: f32| Some(Zone::Offset((h * 3600.0) as i32));
    match name {
        "Z" | "GMT" | "UTC" | "UT" | "WET" => hours(0.0),
        "CET" | "MEZ" | "BST" | "WEST" | "WAT" => hours(1.0),
        "CEST" | "CEDT" | "MEST" | "MESZ" | "EET" | "SAST" | "CAT" => hours(2.0),
        "EEST" | "MSK" | "EAT" | "TRT" | "FET" => hours(3.0),
        "IRST" => hours(3.5),
        "GST" | "MSD" | "SAMT" | "AZT" | "GET" => hours(4.0),
        "PKT" | "YEKT" | "UZT" => hours(5.0),
        "IST" => hours(5.5),
        "NPT" => hours(5.75),
        "OMST" => hours(6.0),
        "WIB" | "ICT" | "NOVT" | "KRAT" => hours(7.0),
        "HKT" | "SGT" | "MYT" | "PHT" | "AWST" | "WITA" | "IRKT" => hours(8.0),
        "JST" | "KST" | "WIT" | "YAKT" => hours(9.0),
        "ACST" => hours(9.5),
        "AEST" | "VLAT" => hours(10.0),
        "ACDT" => hours(10.5),
        "AEDT" => hours(11.0),
        "NZST" => hours(12.0),
        "NZDT" => hours(13.0),
        "NDT" => hours(-2.5),
        "NST" => hours(-3.5),
        "BRT" | "ART" | "UYT" | "ADT" | "CLST" => hours(-3.0),
        "EDT" | "AST" | "VET" | "CLT" | "BOT" => hours(-4.0),
        "EST" | "CDT" | "PET" | "COT" => hours(-5.0),
        "CST" | "MDT" => hours(-6.0),
        "MST" | "PDT" => hours(-7.0),
        "PST" | "AKDT" => hours(-8.0),
        "AKST" => hours(-9.0),
        "HST" => hours(-10.0),
        _ if text.contains('/') => text.parse().ok().map(Zone::Named),
        _ => None,
    }
}

/// `+0100`, `+01:00`, `+1`, `-5:30`.
fn offset(text: &str) -> Option<Zone> {
    let (sign, rest) = match text.chars().next()? {
        '+' => (1, &text[1..]),
        c => (-1, &text[c.len_utf8()..]),
    };
    let (hours, minutes): (i32, i32) = match rest.split_once(':') {
        Some((h, m)) => (h.parse().ok()?, m.parse().ok()?),
        None if rest.len() > 2 && rest.is_char_boundary(rest.len() - 2) => {
            let (h, m) = rest.split_at(rest.len() - 2);
            (h.parse().ok()?, m.parse().ok()?)
        }
        None => (rest.parse().ok()?, 0),
    };
    let plausible = (0..=14).contains(&hours) && (0..60).contains(&minutes);
    plausible.then(|| Zone::Offset(sign * (hours * 3600 + minutes * 60)))
}
