//! A summary that nobody had to write, and how long the text takes to read.

use wiredesk_contract::enrichment::{Summary, SummaryKind};

use super::tokens::Document;

/// A lead goes on with whole sentences until it has this many characters.
const ENOUGH: usize = 150;
/// No summary is longer, in characters, unless its first sentence is.
const LONGEST: usize = 400;
/// A first sentence longer than this is cut between words.
const LONGEST_SENTENCE: usize = 600;

/// What the feed or the page says of an item beside its text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// The feed's own summary.
    pub feed: Option<&'a str>,
    /// The deck that stands on the page.
    pub deck: Option<&'a str>,
}

/// The feed's own summary, else the deck, else the first sentences of the text from its byte `from` on (behind a dateline).
pub fn summary(given: Given<'_>, document: &Document<'_>, from: usize) -> Option<Summary> {
    let said = |text: Option<&str>, kind| {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        Some(Summary { text: shortened(text), kind })
    };
    said(given.feed, SummaryKind::Feed)
        .or_else(|| said(given.deck, SummaryKind::Deck))
        .or_else(|| said(Some(&lead(document, from)), SummaryKind::Lead))
}

/// The first sentences of the first paragraph that is one: a subhead or a line of marks ends without a full stop.
fn lead(document: &Document<'_>, from: usize) -> String {
    let mut taken = String::new();
    let tokens = document.tokens.iter().skip_while(|token| token.start < from).collect::<Vec<_>>();
    for sentence in tokens.chunk_by(|a, b| a.sentence == b.sentence) {
        let (Some(first), Some(last)) = (sentence.first(), sentence.last()) else { continue };
        let text = document.text.get(first.start..last.end).unwrap_or_default();
        let so_far = taken.chars().count();
        if so_far > 0 && so_far + text.chars().count() > LONGEST {
            break;
        }
        if !taken.is_empty() {
            taken.push(' ');
        }
        taken.push_str(text);
        if taken.chars().count() >= ENOUGH {
            break;
        }
    }
    taken
}

fn shortened(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(LONGEST_SENTENCE) else { return text.to_owned() };
    let head = text.get(..end).unwrap_or_default();
    let words = head.rfind(char::is_whitespace).and_then(|space| head.get(..space)).unwrap_or(head);
    format!("{} …", words.trim_end())
}

/// Words a minute of silent reading of news-like texts: Trauzettel-Klosinski and Dietz 2012, doi:10.1167/iovs.11-8284 (Catalan was
/// not measured there: the mean of its neighbours).
fn words_a_minute(language: &str) -> u32 {
    match language {
        "en" => 228,
        "es" => 218,
        "fr" => 195,
        "pt" => 181,
        "it" => 188,
        "de" => 179,
        "ca" => 200,
        _ => 184,
    }
}

/// How long a person reads the text, in seconds, rounded up.
pub fn reading_seconds(document: &Document<'_>, language: &str) -> u32 {
    let words =
        document.text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
    let words = u32::try_from(words).unwrap_or(u32::MAX);
    words.saturating_mul(60).div_ceil(words_a_minute(language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feeds_own_words_come_first_and_a_lead_is_whole_sentences() {
        let text = "MADRID, 3 Mar. - El pleno aprobó la norma. La votación duró dos horas y acabó con los votos de cuatro grupos.\nSegún la presidenta, habrá otra sesión en abril y después se verá. Fin.";
        let document = Document::new(text);
        let from = text.find("El pleno").unwrap();
        let given = Given { feed: Some(" Del canal. "), deck: Some("Entradilla.") };
        let kind = |given| summary(given, &document, from).map(|s| (s.text, s.kind)).unwrap();
        assert_eq!(kind(given), ("Del canal.".to_owned(), SummaryKind::Feed));
        assert_eq!(kind(Given { feed: None, ..given }).1, SummaryKind::Deck);
        let (lead, kind) = kind(Given::default());
        assert_eq!(kind, SummaryKind::Lead);
        assert_eq!(
            lead,
            "El pleno aprobó la norma. La votación duró dos horas y acabó con los votos de cuatro grupos. Según la presidenta, habrá otra sesión en abril y después se verá."
        );
        assert_eq!(summary(Given::default(), &Document::new(" "), 0), None);
    }

    #[test]
    fn an_endless_sentence_is_cut_between_words() {
        let text = "palabra ".repeat(200);
        let cut = summary(Given::default(), &Document::new(&text), 0).unwrap().text;
        assert!(cut.ends_with("palabra …") && cut.chars().count() <= LONGEST_SENTENCE + 2);
    }

    #[test]
    fn reading_time_goes_by_words_and_language() {
        let text = "una dos tres – ".repeat(73);
        let document = Document::new(&text);
        assert_eq!((reading_seconds(&document, "es"), reading_seconds(&document, "de")), (61, 74));
        assert_eq!(reading_seconds(&Document::new(""), "es"), 0);
    }
}
