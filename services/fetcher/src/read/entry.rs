//! What a feed says about itself, and how the strings of feeds are trimmed.

/// What the feed says about itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeedMeta {
    /// Title.
    pub title: Option<String>,
    /// Language, as given.
    pub language: Option<String>,
    /// Copyright line.
    pub copyright: Option<String>,
    /// `ttl`, in minutes.
    pub ttl_minutes: Option<u32>,
    /// `sy:updatePeriod` divided by `sy:updateFrequency`, in minutes.
    pub update_minutes: Option<u32>,
    /// `skipHours`: hours of the day, GMT, 0 to 23.
    pub skip_hours: Vec<u8>,
    /// `skipDays`: days of the week, GMT, 0 is Monday.
    pub skip_days: Vec<u8>,
    /// The form in words, such as `RSS 2.0` or `NewsML-G2`.
    pub form: &'static str,
    /// WebSub hubs that the document names (`rel="hub"`).
    pub hubs: Vec<String>,
    /// The document's own address (`rel="self"`).
    pub self_link: Option<String>,
}

/// Without white space, no-break spaces and `&nbsp;` at both ends; None where nothing is left.
pub fn trimmed(text: &str) -> Option<String> {
    let text = trim(text);
    (!text.is_empty()).then(|| text.to_owned())
}

/// The same, in the memory that it has.
pub(crate) fn trim_in_place(text: &mut String) {
    let kept = trim(text);
    let (start, length) = (kept.as_ptr() as usize - text.as_ptr() as usize, kept.len());
    text.truncate(start + length);
    text.drain(..start);
    if text.capacity() > length + length / 8 + 64 {
        text.shrink_to_fit();
    }
}

fn trim(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let before = text.len();
        text = text.trim().trim_matches(['\u{a0}', '\u{feff}', '\u{200b}']);
        text = text.strip_prefix("&nbsp;").unwrap_or(text);
        text = text.strip_suffix("&nbsp;").unwrap_or(text);
        if text.len() == before {
            return text;
        }
    }
}

/// An address without the line breaks and spaces that some wires pad it with, inside too.
pub fn address(text: &str) -> Option<String> {
    trimmed(text).map(|mut t| {
        t.retain(|c| !matches!(c, '\n' | '\r' | '\t'));
        t
    })
}

pub(crate) fn is_web(text: &str) -> bool {
    let starts = |with: &str| text.get(..with.len()).is_some_and(|t| t.eq_ignore_ascii_case(with));
    starts("http://") || starts("https://")
}
