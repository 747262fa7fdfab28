//! Reading the file, line by line, once.

use super::pattern::Pattern;
use super::{LONGEST, Robots, Rule};

/// More sitemaps than these are not kept.
const SITEMAPS: usize = 100;
/// A longer line is no rule: no server has such a path.
const LINE: usize = 8192;

/// What the groups for one sort of crawler add up to.
#[derive(Default)]
struct Group {
    named: bool,
    rules: Vec<Rule>,
    delay: Option<f64>,
}

pub(super) fn parse(bytes: &[u8], token: &str) -> Robots {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // A line that the cut goes through is not read: half a rule says something else.
    let whole = bytes.get(..LONGEST).map_or(bytes, |cut| {
        let end = cut.iter().rposition(|b| matches!(b, b'\n' | b'\r')).unwrap_or(0);
        &cut[..end]
    });
    let text = String::from_utf8_lossy(whole);
    // Groups that name us are one; where none does, those for `*` are.
    let (mut ours, mut everybodys) = (Group::default(), Group::default());
    let (mut for_us, mut for_everybody) = (false, false);
    let mut naming = false;
    let mut sitemaps = Vec::new();
    for line in text.split(['\n', '\r']) {
        let line = line.split('#').next().unwrap_or_default().trim();
        let Some((field, value)) = line.split_once(':').filter(|_| line.len() <= LINE) else { continue };
        let value = value.trim();
        match Field::of(field.trim()) {
            Some(Field::UserAgent) => {
                if !naming {
                    (for_us, for_everybody, naming) = (false, false, true);
                }
                let names_us = product(value).eq_ignore_ascii_case(token);
                for_us |= names_us;
                ours.named |= names_us;
                for_everybody |= value == "*" || value.starts_with("* ");
            }
            Some(Field::Rule { allow }) => {
                naming = false;
                // A rule without path says nothing; one that starts with neither matches no path.
                if value.starts_with(['/', '*']) {
                    let rule = Rule { pattern: Pattern::new(value), allow };
                    if for_us {
                        ours.rules.push(rule.clone());
                    }
                    if for_everybody {
                        everybodys.rules.push(rule);
                    }
                }
            }
            Some(Field::Delay) => {
                let delay = value.parse::<f64>().ok().filter(|d| d.is_finite() && *d >= 0.0);
                // Of two, the more careful one.
                if for_us {
                    ours.delay = longest(ours.delay, delay);
                }
                if for_everybody {
                    everybodys.delay = longest(everybodys.delay, delay);
                }
            }
            Some(Field::Sitemap) if sitemaps.len() < SITEMAPS => sitemaps.push(value.to_owned()),
            Some(Field::Sitemap) | None => {}
        }
    }
    let group = if ours.named { ours } else { everybodys };
    let mut rules = group.rules;
    rules.sort_by_key(|r| (std::cmp::Reverse(r.pattern.length()), !r.allow));
    rules.dedup();
    rules.shrink_to_fit();
    Robots { rules, crawl_delay: group.delay, sitemaps }
}

fn longest(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}

/// `wiredesk` of `wiredesk/0.1 (x)`.
fn product(value: &str) -> &str {
    let end = value.find(|c: char| !(c.is_ascii_alphabetic() || c == '-' || c == '_')).unwrap_or(value.len());
    &value[..end]
}

enum Field {
    UserAgent,
    Rule { allow: bool },
    Delay,
    Sitemap,
}

impl Field {
    /// With the misspellings that are seen most.
    fn of(name: &str) -> Option<Self> {
        let is = |known: &[&str]| known.iter().any(|k| k.eq_ignore_ascii_case(name));
        if is(&["user-agent", "useragent", "user agent"]) {
            Some(Self::UserAgent)
        } else if is(&["disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"]) {
            Some(Self::Rule { allow: false })
        } else if is(&["allow"]) {
            Some(Self::Rule { allow: true })
        } else if is(&["crawl-delay", "crawldelay"]) {
            Some(Self::Delay)
        } else if is(&["sitemap", "site-map"]) {
            Some(Self::Sitemap)
        } else {
            None
        }
    }
}
