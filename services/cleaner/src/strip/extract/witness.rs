//! What the page says of its text elsewhere: the body in JSON-LD, title, description. A piece that agrees is believed.

use foldhash::HashSet;

use super::Article;
use super::jsonld::Declared;
use super::page::Page;
use crate::strip::letters;

/// Hashes of word runs of what a page declares.
#[derive(Default)]
pub(crate) struct Witness {
    body: HashSet<u64>,
    body_words: f32,
    title: HashSet<u64>,
    deck: HashSet<u64>,
    deck_key: String,
    title_key: String,
    forum: bool,
}

/// Words of a run.
const RUN: usize = 3;

/// The words of a text, each as its hash.
pub(crate) fn words(text: &str) -> Vec<u64> {
    let mut out = Vec::with_capacity(text.len() / 5);
    let mut hash = START;
    let mut within = false;
    for c in text.chars() {
        let add = |hash: u64, low: char| (hash ^ u64::from(u32::from(low))).wrapping_mul(0x0100_0000_01b3);
        if letters::alphanumeric(c) {
            if c.is_ascii() {
                hash = add(hash, c.to_ascii_lowercase());
            } else {
                hash = c.to_lowercase().fold(hash, add);
            }
            within = true;
            if matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}') {
                out.push(hash);
                (hash, within) = (START, false);
            }
        } else if within {
            out.push(hash);
            (hash, within) = (START, false);
        }
    }
    if within {
        out.push(hash);
    }
    out
}

const START: u64 = 0xcbf2_9ce4_8422_2325;

fn runs(words: &[u64]) -> impl Iterator<Item = u64> + '_ {
    let size = RUN.min(words.len()).max(1);
    words
        .windows(size)
        .map(|run| run.iter().fold(START, |h, w| (h ^ w).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)))
}

fn part(of: &[u64], set: &HashSet<u64>) -> f32 {
    if set.is_empty() || of.is_empty() {
        return -1.0;
    }
    let (mut hits, mut all) = (0.0, 0.0);
    for run in runs(of) {
        all += 1.0;
        if set.contains(&run) {
            hits += 1.0;
        }
    }
    if all > 0.0 { hits / all } else { 0.0 }
}

/// Software of forums, as `generator` names it.
const BOARDS: &[&str] = &["vbulletin", "phpbb", "xenforo", "discourse", "invision", "mybb", "smf", "vanilla"];

impl Witness {
    /// From what a page declares.
    pub(crate) fn of(page: &Page, ld: &Declared, body: &str, article: &Article) -> Self {
        let meta =
            |name: &str| page.head.metas.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let generator = meta("generator").unwrap_or_default().to_lowercase();
        let forum = ld.forum || BOARDS.iter().any(|board| generator.contains(board));
        let titles: Vec<String> =
            ld.text("headline").into_iter().chain(meta("og:title")).chain(page.head.title.clone()).collect();
        Self::new(body, &titles, article.deck.as_deref(), forum)
    }

    /// From the declared body, titles and description.
    pub(crate) fn new(body: &str, titles: &[String], deck: Option<&str>, forum: bool) -> Self {
        let body_words = words(body);
        let deck = deck.unwrap_or_default();
        Self {
            body: runs(&body_words).collect(),
            body_words: body_words.len() as f32,
            title: titles.iter().flat_map(|t| words(t)).collect(),
            deck: runs(&words(deck)).collect(),
            deck_key: crate::strip::hygiene::key(deck),
            title_key: titles.first().map(|t| crate::strip::hygiene::key(t)).unwrap_or_default(),
            forum,
        }
    }

    /// Does the page declare itself a forum's?
    pub(crate) fn forum(&self) -> bool {
        self.forum
    }

    /// Words of the declared body.
    pub(crate) fn body_words(&self) -> f32 {
        self.body_words
    }

    /// Share of a text's word runs that the declared body has; negative where there is none.
    pub(crate) fn in_body(&self, words: &[u64]) -> f32 {
        part(words, &self.body)
    }

    /// Figures of one piece: of its text, the words of it, how much of it the body has, and how often it stands there.
    pub(crate) fn figures(&self, rows: &mut Vec<f32>, text: &str, own: &[u64], in_body: f32, repeats: f32) {
        let short = own.len() < 60;
        // What begins with another letter needs no key.
        let first = text.chars().find(|c| letters::alphanumeric(*c)).and_then(|c| c.to_lowercase().next());
        let begins = |declared: &str| !declared.is_empty() && declared.chars().next() == first;
        let key = if short && (begins(&self.title_key) || begins(&self.deck_key)) {
            crate::strip::hygiene::key(text)
        } else {
            String::new()
        };
        let same = |declared: &str| f32::from(u8::from(!declared.is_empty() && key == declared));
        let in_title = if self.title.is_empty() || own.is_empty() {
            -1.0
        } else {
            own.iter().filter(|w| self.title.contains(w)).count() as f32 / own.len() as f32
        };
        rows.extend([
            in_body,
            self.body_words.ln_1p(),
            in_title,
            part(own, &self.deck),
            same(&self.title_key),
            same(&self.deck_key),
            repeats.ln_1p(),
            f32::from(u8::from(self.forum)),
            f32::from(u8::from(
                !self.deck_key.is_empty()
                    && !key.is_empty()
                    && (key.starts_with(&self.deck_key) || self.deck_key.starts_with(&key)),
            )),
        ]);
    }
}
