//! Items as a desk has after a month, invented: text of 150 to 400 words in eight languages, repeats with the text of their originals, stories,
//! people, organisations, places and topics, each with its skew. Item `n` is the same whenever and wherever it is made.

mod cast;
mod text;
pub mod words;

use std::time::Duration;

use wiredesk_contract::enrichment::{
    EnrichReport, EventPlace, Keyword, Place, Provenance, Summary, SummaryKind, Topic,
};
use wiredesk_contract::item::{AltId, Body, InfoSource, ItemVerdict, RoleText};
use wiredesk_contract::source::{Rights, SourceRef};
use wiredesk_contract::status::{CopyKind, PubStatus};
use wiredesk_contract::verdict::{Change, Evidence, Relation};
use wiredesk_contract::{ContentHash, Item, ItemId, SourceId, StoryId, Timestamp};

use cast::Casting;
use text::Text;
use words::{Chance, GRAMMARS, Language, Zipf, capital};

/// Wires.
pub const SOURCES: usize = 500;
/// Days that the items are spread over, and the share of them that came in the last one.
const DAYS: f64 = 30.0;
const LAST_DAY: f64 = 0.06;

/// An item that was made, and what the stages after the ledger say of it.
pub struct Made {
    /// Its newest version.
    pub item: Item,
    /// The words that are searched, as text of a `tsvector`; empty where no lexemes are known.
    pub words: String,
    /// Its story; none where it was withdrawn.
    pub story: Option<StoryId>,
    /// The hour in which it came.
    pub hour: Timestamp,
}

/// Makes items.
pub struct Inventor {
    /// With all their words.
    pub languages: Vec<Language>,
    /// For each language and token its lexeme; an empty one where the dictionary leaves the word out. Empty until they are asked for.
    pub lexemes: Vec<Vec<String>>,
    sources: Vec<SourceRef>,
    of_language: Vec<Vec<usize>>,
    wires: Zipf,
    casting: Casting,
    count: u64,
    now: Timestamp,
}

fn hash(n: u64, salt: u64) -> u64 {
    Chance::new(n.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ salt.wrapping_mul(0x9e37_79b9)).bits()
}

fn id(n: u64, salt: u64) -> String {
    format!("{:016x}{:016x}", hash(n, salt), hash(n, salt + 1))
}

impl Inventor {
    /// For `count` items, the last of which comes `now`.
    pub fn new(count: u64, now: Timestamp) -> Self {
        let all = Casting::names();
        let languages: Vec<Language> =
            GRAMMARS.iter().enumerate().map(|(n, grammar)| Language::new(grammar, n as u64, &all)).collect();
        let mut of_language = vec![Vec::new(); languages.len()];
        let sources = (0..SOURCES).map(|n| {
            let language = by_share((n * 37) % 100);
            of_language[language].push(n);
            source(n, GRAMMARS[language].code, &capital(&all[n]))
        });
        let sources = sources.collect();
        Self {
            languages,
            lexemes: Vec::new(),
            sources,
            of_language,
            wires: Zipf::new(SOURCES, 10.0),
            casting: Casting::new(),
            count,
            now,
        }
    }

    /// The wires.
    pub fn sources(&self) -> &[SourceRef] {
        &self.sources
    }

    /// The item that this one repeats, itself where it repeats none: a quarter repeat one of the few thousand before it.
    fn original(n: u64) -> u64 {
        if n > 0 && hash(n, 11) % 100 < 25 {
            n.checked_sub(1 + hash(n, 12) % 4000).map_or(n, Self::original)
        } else {
            n
        }
    }

    /// The item that opened the story of an original: a third follow one of the last day, one of two hundred the day's leads.
    fn opened(n: u64) -> u64 {
        match hash(n, 13) % 1000 {
            0..5 => n / 40_000 * 40_000 + hash(n, 14) % 3,
            5..330 => {
                n.checked_sub(1 + hash(n, 15) % 3000).map_or(n, |before| Self::opened(Self::original(before)))
            }
            _ => n,
        }
    }

    /// When item `n` came: in the order of their numbers, oftener by day than by night, and oftener in the last day.
    pub fn time(&self, n: u64) -> Timestamp {
        let share = (n as f64 + 0.5) / self.count.max(1) as f64;
        let old = 1.0 - LAST_DAY;
        let days =
            if share < old { share / old * (DAYS - 1.0) } else { DAYS - 1.0 + (share - old) / LAST_DAY };
        let (day, part) = (days.floor(), days.fract());
        let part = part + 0.1 * (part * std::f64::consts::TAU).sin();
        let ago = (DAYS - day - part.clamp(0.0, 1.0)).max(0.0) * 86_400.0;
        self.now - Duration::from_micros((ago * 1e6) as u64)
    }

    /// The id of item `n`.
    pub fn id(n: u64) -> ItemId {
        ItemId::new(id(n, 1))
    }

    fn language(n: u64) -> usize {
        by_share((hash(Self::original(n), 16) % 100) as usize)
    }

    /// Item `n`.
    pub fn make(&self, n: u64) -> Made {
        let original = Self::original(n);
        let number = Self::language(n);
        let language = &self.languages[number];
        let mut own = Chance::new(hash(n, 17));
        // What a repeat shares with its original.
        let mut chance = Chance::new(hash(original, 18));
        let wires = &self.of_language[number];
        let source = self.sources[wires[self.wires.pick(&mut own) % wires.len()]].clone();
        let cast = self.cast(&mut chance);
        let mut text = Text::new(language, cast, chance.between(150, 400), &mut chance);
        if original != n && own.share() < 0.5 {
            text.paragraph(&mut own);
        }
        let withdrawn = own.below(1000) < 3;
        let lexemes = self.lexemes.get(number);
        let words = lexemes.map(|lexemes| text.vector(lexemes, !withdrawn)).unwrap_or_default();
        let topics = self.topics_of(&mut chance);
        let mut item = self.item(n, original, text, source, topics, &mut own);
        if withdrawn {
            item = without_words(item);
        }
        let story = (!withdrawn).then(|| StoryId::new(id(Self::opened(original), 30)));
        let hour = item.first_created
            - Duration::from_micros((item.first_created.timestamp_micros() % 3_600_000_000).unsigned_abs());
        Made { item, words, story, hour }
    }

    fn item(
        &self,
        n: u64,
        original: u64,
        text: Text<'_>,
        source: SourceRef,
        topics: Vec<Topic>,
        own: &mut Chance,
    ) -> Item {
        let (item_id, first) = (Self::id(n), self.time(n));
        let version = match own.below(100) {
            0..94 => 1,
            94..98 => 2,
            98 => 3,
            _ => 4,
        };
        let later = if version == 1 { 0 } else { own.between(60_000, 3_000_000) as u64 * u64::from(version) };
        let version_created = (first + Duration::from_millis(later)).min(self.now);
        let fetched = first - Duration::from_millis(own.between(400, 4_000) as u64);
        let repeats = original != n;
        let link = format!("https://{}.example/{}/{n}.html", source.id, text.slug());
        let urgency = match own.below(2000) {
            0 => 1,
            1..10 => 2,
            10..90 => 3,
            90..590 => 4,
            590..1800 => 5,
            _ => 6,
        };
        let kind = match own.below(100) {
            0..3 => CopyKind::Planning,
            3..6 => CopyKind::Roundup,
            6 => CopyKind::NotArticle,
            _ => CopyKind::News,
        };
        let (plain, html) = (text.plain(), text.html());
        let (characters, count) = (plain.chars().count() as u32, text.count() as u32);
        let body = |content_type: &str, value: String| Body {
            role: "main".to_owned(),
            content_type: content_type.to_owned(),
            char_count: characters,
            word_count: count,
            value,
        };
        let role = |role: &str, value: String| RoleText { role: role.to_owned(), value };
        let places: Vec<Place> = text.cast().iter().filter_map(|name| name.place.clone()).collect();
        let event_place = places.first().cloned().map(|place| EventPlace {
            place,
            confidence: 0.8,
            evidence: "both".to_owned(),
        });
        let original_id = Self::id(original);
        let lead = text.lead().to_owned();
        Item {
            schema_version: 1,
            uri: Item::uri_of(&item_id),
            version,
            version_created,
            first_created: first,
            content_created: Some(fetched - Duration::from_secs(own.between(20, 600) as u64)),
            pub_status: PubStatus::Usable,
            embargoed_until: None,
            urgency,
            kind,
            language: text.language().to_owned(),
            language_confidence: 0.98,
            headlines: vec![role("main", text.headline().to_owned())],
            descriptions: vec![role("lead", lead.clone())],
            bodies: vec![body("text/plain", plain), body("text/html", html)],
            by: Some(text.byline()),
            slugline: None,
            subjects: topics,
            located: places.first().map(|place| place.name.clone()),
            info_sources: vec![InfoSource { name: source.name.clone(), role: "wire".to_owned() }],
            alt_ids: vec![
                AltId { role: "guid".to_owned(), value: format!("urn:{}:{n}", source.id) },
                AltId { role: "link".to_owned(), value: link.clone() },
            ],
            ed_note: None,
            copyright_holder: Some(source.name.clone()),
            copyright_notice: Some(format!("© {}", source.name)),
            usage_terms: None,
            url: Some(link),
            media: Vec::new(),
            dateline: None,
            dateline_place: places.first().cloned(),
            markers: Vec::new(),
            developing: false,
            change: if version == 1 { Change::New } else { Change::Expanded },
            verdict: ItemVerdict {
                duplicate_of: repeats.then(|| original_id.clone()),
                relation: repeats.then_some(Relation::Resend),
                similarity: if repeats { 0.94 } else { 0.02 },
                cluster: original_id.clone(),
                syndicated_from: None,
                carried_by: Vec::new(),
                repeats: None,
                evidence: repeats.then(|| Evidence {
                    compared_with: Some(original_id),
                    jaccard: 0.9,
                    containment: 0.94,
                    shared: vec![lead.clone()],
                    ..Evidence::default()
                }),
            },
            entities: text.entities(),
            event_place,
            quotes: text.quotes(),
            keywords: text.keywords().into_iter().map(|term| Keyword { term, score: 0.5 }).collect(),
            figures: text.figures(),
            dates: Vec::new(),
            summary: Some(Summary { text: lead, kind: SummaryKind::Lead }),
            reading_seconds: count / 4,
            sentiment: None,
            story: None,
            categories: vec![format!("desk {}", own.below(12))],
            content_hash: ContentHash::new(id(n, 40)),
            fetched_at: fetched,
            enrich: EnrichReport::default(),
            provenance: provenance(),
            places,
            source,
            item_id,
        }
    }
}

/// The language at this hundredth.
fn by_share(hundredth: usize) -> usize {
    let mut sum = 0;
    let found = GRAMMARS.iter().position(|grammar| {
        sum += grammar.share;
        hundredth < sum
    });
    found.unwrap_or_default()
}

fn source(n: usize, language: &str, name: &str) -> SourceRef {
    SourceRef {
        id: SourceId::new(format!("wire-{n:03}")),
        name: format!("{name} {n}"),
        url: Some(format!("https://wire-{n:03}.example/feed.xml")),
        language: Some(language.to_owned()),
        country: None,
        time_zone: None,
        agency: n.is_multiple_of(10).then(|| format!("{name} {n}")),
        rights: Rights::FullText,
    }
}

/// As a kill leaves it.
fn without_words(item: Item) -> Item {
    Item {
        pub_status: PubStatus::Canceled,
        change: Change::Withdrawn,
        headlines: Vec::new(),
        descriptions: Vec::new(),
        bodies: Vec::new(),
        subjects: Vec::new(),
        by: None,
        ..item.without_findings()
    }
}

fn provenance() -> Vec<Provenance> {
    let made = [
        ("entities", "linear"),
        ("dateline", "gazetteer"),
        ("topics", "linear"),
        ("quotes", "rules"),
        ("figures", "rules"),
        ("summary", "rules"),
    ];
    made.into_iter()
        .map(|(enrichment, engine)| Provenance {
            enrichment: enrichment.to_owned(),
            engine: engine.to_owned(),
            version: "1+00000000".to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inventor() -> Inventor {
        Inventor::new(10_000, Timestamp::from_timestamp(1_790_000_000, 0).unwrap_or_default())
    }

    #[test]
    fn an_item_is_the_same_each_time_and_reads_back() {
        let inventor = inventor();
        for n in [0, 7, 4321] {
            let made = inventor.make(n).item;
            let again: Item =
                serde_json::from_str(&serde_json::to_string(&inventor.make(n).item).unwrap()).unwrap();
            assert_eq!(made, again);
            let plain: Vec<char> = made.bodies[0].value.chars().collect();
            for entity in &made.entities {
                let there: String = plain[entity.start as usize..entity.end as usize].iter().collect();
                assert_eq!(there, entity.text);
            }
            assert!((140..480).contains(&made.bodies[0].word_count), "{}", made.bodies[0].word_count);
        }
    }

    #[test]
    fn repeats_follow_their_originals_and_time_goes_on() {
        let inventor = inventor();
        let items: Vec<Item> = (0..400).map(|n| inventor.make(n + 5000).item).collect();
        let repeats = items.iter().filter(|item| item.verdict.duplicate_of.is_some()).count();
        assert!((60..140).contains(&repeats), "{repeats}");
        assert!(items.windows(2).all(|pair| pair[0].first_created <= pair[1].first_created));
        assert!(
            inventor.time(9_999) <= inventor.now
                && inventor.time(0) > inventor.now - Duration::from_secs(31 * 86_400)
        );
    }
}
