//! What the clustering knows of an item: hashed words, names and figures. No text is kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wiredesk_contract::status::{CopyKind, PubStatus};
use wiredesk_contract::{Item, ItemId, Relation, Timestamp};

use crate::vocabulary::{folded, is_frequent, month};

/// Words of the body that are looked at: news says what happened first.
const BODY_WORDS: usize = 400;
/// Words of the lead.
const LEAD_WORDS: usize = 40;
/// Letters that a word is cut to: a stem that needs no grammar.
const STEM: usize = 6;
/// Names that are kept for people.
const SHOWN: usize = 12;

/// Hashes and how often each occurs, sorted by hash.
pub type Bag = Vec<(u64, f32)>;

/// Hashed features of one version of an item.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Features {
    /// Stems of headline and body, in one language.
    pub words: Bag,
    /// Stems of headline and lead.
    pub lead: Bag,
    /// Capitalised words, entities and places: the same in most languages.
    pub names: Bag,
    /// Figures and months: the same in all languages.
    pub figures: Bag,
    /// The most salient entities by name, best first.
    pub shown: Vec<String>,
}

/// What is told of an item for its placing.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The item.
    pub item_id: ItemId,
    /// Its version.
    pub version: u32,
    /// BCP 47.
    pub language: String,
    /// Headline.
    pub headline: String,
    /// When it was published.
    pub event_time: Timestamp,
    /// May it be used? Only a usable item is in a story.
    pub status: PubStatus,
    /// Agendas and digests tell many stories: each stays by itself.
    pub kind: CopyKind,
    /// The original that it repeats, whose story is its own.
    pub duplicate_of: Option<ItemId>,
    /// A copy of the same template about another event, whose story is not its own.
    pub sibling_of: Option<ItemId>,
    /// Its features.
    pub features: Features,
}

impl Facts {
    /// The facts of a published version.
    pub fn of(item: &Item) -> Self {
        let sibling = item.verdict.relation == Some(Relation::TemplateSibling);
        let compared = item.verdict.evidence.as_ref().and_then(|e| e.compared_with.clone());
        let published = item.content_created.unwrap_or(item.fetched_at);
        let usable = item.pub_status == PubStatus::Usable;
        Self {
            item_id: item.item_id.clone(),
            version: item.version,
            language: item.language.clone(),
            headline: if usable { item.headline().to_owned() } else { String::new() },
            event_time: published.min(item.fetched_at),
            status: item.pub_status,
            kind: item.kind,
            duplicate_of: item.verdict.duplicate_of.clone(),
            sibling_of: compared.filter(|_| sibling),
            features: if usable { of_item(item) } else { Features::default() },
        }
    }
}

fn of_item(item: &Item) -> Features {
    let lead = item.descriptions.iter().map(|d| d.value.as_str()).collect::<Vec<_>>().join("\n");
    let body = item.bodies.iter().find(|b| b.content_type == "text/plain").map_or("", |b| b.value.as_str());
    let mut entities: Vec<(&str, &str, f32)> =
        item.entities.iter().map(|e| (e.id.as_str(), e.name.as_str(), e.salience)).collect();
    entities.extend(item.places.iter().map(|p| (p.id.as_str(), p.name.as_str(), 0.0)));
    entities.extend(item.dateline_place.iter().map(|p| (p.id.as_str(), p.name.as_str(), 0.0)));
    Features::extract(&item.language, item.headline(), if body.is_empty() { &lead } else { body }, &entities)
}

impl Features {
    /// Features of a text; `entities` are (id, name, salience 0 to 1).
    pub fn extract(language: &str, headline: &str, text: &str, entities: &[(&str, &str, f32)]) -> Self {
        let mut bags =
            Bags { language: language.split('-').next().unwrap_or_default().to_owned(), ..Bags::default() };
        bags.read(headline, 2.0, LEAD_WORDS);
        bags.read(text, 1.0, LEAD_WORDS);
        for (id, name, _) in entities {
            bags.entity(id, name);
        }
        let mut shown: Vec<(&str, f32)> = Vec::new();
        for (_, name, salience) in entities {
            match shown.iter_mut().find(|(known, _)| known == name) {
                Some((_, best)) => *best = best.max(*salience),
                None => shown.push((name, *salience)),
            }
        }
        shown.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        shown.truncate(SHOWN);
        Self {
            words: bags.words.into_iter().collect(),
            lead: bags.lead.into_iter().collect(),
            names: bags.names.into_iter().collect(),
            figures: bags.figures.into_iter().collect(),
            shown: shown.into_iter().map(|(name, _)| name.to_owned()).collect(),
        }
    }
}

#[derive(Default)]
struct Bags {
    language: String,
    words: BTreeMap<u64, f32>,
    lead: BTreeMap<u64, f32>,
    names: BTreeMap<u64, f32>,
    figures: BTreeMap<u64, f32>,
}

impl Bags {
    fn read(&mut self, text: &str, weight: f32, lead: usize) {
        let mut opens = true;
        let shouted = !text.chars().any(char::is_lowercase);
        for (at, token) in tokens(text).take(BODY_WORDS).enumerate() {
            let sentence_opens = std::mem::replace(&mut opens, token.ends);
            let word = token.text;
            if word.starts_with(|c: char| c.is_ascii_digit()) {
                *self.figures.entry(hash("f", &figure(word))).or_default() += weight;
                continue;
            }
            let small = word.to_lowercase();
            if let Some(month) = month(&small) {
                *self.figures.entry(hash("m", &month.to_string())).or_default() += weight;
                continue;
            }
            let letters = small.chars().count();
            if letters < 3 || is_frequent(&small) {
                continue;
            }
            let folded = folded(&small);
            if word.starts_with(char::is_uppercase) && !sentence_opens && !shouted {
                *self.names.entry(hash("n", &folded)).or_default() += weight;
            }
            if letters >= 4 || word.starts_with(char::is_uppercase) {
                let stem: String = folded.chars().take(STEM).collect();
                let key = hash(&self.language, &stem);
                *self.words.entry(key).or_default() += weight;
                if at < lead {
                    *self.lead.entry(key).or_default() += weight;
                }
            }
        }
    }

    /// An entity counts by its id where that is of a gazetteer, else by the words of its name.
    fn entity(&mut self, id: &str, name: &str) {
        if id.starts_with("geo:") {
            *self.names.entry(hash("e", id)).or_default() += 1.0;
        } else {
            for token in tokens(name).filter(|t| t.text.chars().count() >= 3) {
                self.names.entry(hash("n", &folded(token.text))).or_insert(1.0);
            }
        }
    }
}

struct Token<'a> {
    text: &'a str,
    /// A sentence ends after it.
    ends: bool,
}

fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(char::is_alphanumeric)?;
        let from = rest.get(start..)?;
        let mut before = ' ';
        let mut end = from.len();
        let mut chars = from.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next_is_digit = chars.peek().is_some_and(|(_, n)| n.is_ascii_digit());
            let inner = matches!(c, '.' | ',' | ':') && before.is_ascii_digit() && next_is_digit;
            if !c.is_alphanumeric() && !inner {
                end = at;
                break;
            }
            before = c;
        }
        let (word, after) = from.split_at(end);
        rest = after;
        let gap = after.split(char::is_alphanumeric).next().unwrap_or_default();
        Some(Token { text: word, ends: gap.contains(['.', '!', '?', ':', '\n', '…', '"', '«', '“']) })
    })
}

/// A figure without the grouping and with a decimal point, whatever its language: `1.250,5`, `1,250.5` → `1250.5`.
fn figure(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let parts: Vec<&str> = text.split(['.', ',']).collect();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 && (part.len() != 3 || !part.bytes().all(|b| b.is_ascii_digit())) {
            out.push('.');
        }
        out.push_str(part);
    }
    out
}

/// FNV-1a over a domain and a text, cut to 52 bits so that every JSON reader keeps it.
fn hash(domain: &str, text: &str) -> u64 {
    let bytes = domain.bytes().chain([0]).chain(text.bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    (hash ^ (hash >> 32)) & ((1 << 52) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_the_same_in_every_language() {
        for (a, b) in [("1.250", "1,250"), ("2,4", "2.4"), ("1.250,5", "1,250.5"), ("12:30", "12:30")] {
            assert_eq!(figure(a), figure(b));
        }
        assert_ne!(figure("2,4"), figure("24"));
    }

    #[test]
    fn names_and_months_are_shared_across_languages() {
        let es = Features::extract("es", "", "El ministro Elías Vandoren visitó Tarn el 3 de marzo", &[]);
        let de = Features::extract("de", "", "Am 3. März besuchte Elías Vandoren die Stadt Tarn", &[]);
        let shared = |a: &Bag, b: &Bag| a.iter().filter(|(h, _)| b.iter().any(|(g, _)| g == h)).count();
        assert_eq!(shared(&es.figures, &de.figures), 2, "3 and March");
        assert!(shared(&es.names, &de.names) >= 3);
        assert_eq!(shared(&es.words, &de.words), 0, "words belong to a language");
    }

    #[test]
    fn nothing_is_no_features() {
        assert_eq!(Features::extract("es", "", " … ", &[]), Features::default());
    }
}
