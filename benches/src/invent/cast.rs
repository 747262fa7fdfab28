//! Whom, what and where an invented item is about, and its topics.

use wiredesk_contract::enrichment::EntityType::{self, Loc, Org, Per};
use wiredesk_contract::enrichment::{Entity, Place, Topic};

use super::words::{Chance, Zipf, capital, names};
use super::{Inventor, hash};

const PEOPLE: usize = 40_000;
const ORGANISATIONS: usize = 12_000;
const PLACES: usize = 3_000;
/// Given names, family names and names of organisations among the names; places are the rest.
const GIVEN: usize = 300;
const FAMILIES: usize = 3_000;
const FIRMS: usize = 1_000;
/// Top topics as IPTC numbers them, and topics below them.
const TOP: usize = 17;
const BELOW: usize = 240;

/// How often each of them comes.
pub(super) struct Casting {
    people: Zipf,
    organisations: Zipf,
    places: Zipf,
    topics: Zipf,
}

impl Casting {
    pub(super) fn new() -> Self {
        Self {
            people: Zipf::new(PEOPLE, 5.0),
            organisations: Zipf::new(ORGANISATIONS, 5.0),
            places: Zipf::new(PLACES, 3.0),
            topics: Zipf::new(BELOW, 8.0),
        }
    }

    /// The tokens of all their names.
    pub(super) fn names() -> Vec<String> {
        names(GIVEN + FAMILIES + FIRMS + PLACES, 99)
    }
}

/// Somebody or something that an item names.
#[derive(Clone)]
pub(super) struct Name {
    pub tokens: Vec<usize>,
    pub printed: String,
    pub id: String,
    pub kind: EntityType,
    pub place: Option<Place>,
}

impl Inventor {
    /// Whom, what and where an item is about.
    pub(super) fn cast(&self, chance: &mut Chance) -> Vec<Name> {
        let shared = &self.languages[0];
        let token = |name: usize| shared.tokens[shared.name(name)].clone();
        let mut cast = Vec::new();
        for _ in 0..chance.between(1, 3) {
            let place = self.casting.places.pick(chance);
            let printed = capital(&token(GIVEN + FAMILIES + FIRMS + place));
            let at = where_it_is(place, &printed);
            cast.push(Name {
                tokens: vec![GIVEN + FAMILIES + FIRMS + place],
                id: at.id.clone(),
                printed,
                kind: Loc,
                place: Some(at),
            });
        }
        for _ in 0..chance.between(1, 4) {
            let person = self.casting.people.pick(chance);
            let tokens = vec![person % GIVEN, GIVEN + (person * 7 + person / GIVEN) % FAMILIES];
            let (given, family) = (token(tokens[0]), token(tokens[1]));
            cast.push(Name {
                tokens,
                id: format!("ent:PER:{given} {family}"),
                printed: format!("{} {}", capital(&given), capital(&family)),
                kind: Per,
                place: None,
            });
        }
        for _ in 0..chance.between(0, 3) {
            let firm = self.casting.organisations.pick(chance);
            let tokens = vec![GIVEN + FAMILIES + firm % FIRMS, GIVEN + (firm * 13 + firm / FIRMS) % FAMILIES];
            let (one, two) = (token(tokens[0]), token(tokens[1]));
            cast.push(Name {
                tokens,
                id: format!("ent:ORG:{one} {two}"),
                printed: format!("{} {}", capital(&one), capital(&two)),
                kind: Org,
                place: None,
            });
        }
        cast
    }

    /// One topic of the first level or two, and one or two below each.
    pub(super) fn topics_of(&self, chance: &mut Chance) -> Vec<Topic> {
        let mut topics: Vec<Topic> = Vec::new();
        for _ in 0..chance.between(1, 2) {
            for _ in 0..chance.between(1, 2) {
                let below = self.casting.topics.pick(chance);
                let top = below % TOP + 1;
                for (code, level) in
                    [(format!("medtop:{:02}000000", top), 1), (format!("medtop:2{:07}", 900 + below), 2)]
                {
                    if topics.iter().all(|topic| topic.code != code) {
                        topics.push(Topic {
                            name: format!("topic {}", &code[7..]),
                            code,
                            label: None,
                            label_unofficial: false,
                            level,
                            score: 0.7,
                            method: "linear".to_owned(),
                            wikidata: None,
                        });
                    }
                }
            }
        }
        topics
    }

    /// An id of the entity that most items name, of one that few name, and of the place and topic that most are about.
    pub fn famous(&self) -> [String; 4] {
        let shared = &self.languages[0];
        let person = |n: usize| {
            let token = |name: usize| shared.tokens[shared.name(name)].as_str();
            format!("ent:PER:{} {}", token(n % GIVEN), token(GIVEN + (n * 7 + n / GIVEN) % FAMILIES))
        };
        [person(0), person(PEOPLE / 2), where_it_is(0, "").id, "medtop:01000000".to_owned()]
    }
}

/// Invented places, most of them around one middle, as a desk's are.
fn where_it_is(place: usize, name: &str) -> Place {
    let mut chance = Chance::new(hash(place as u64, 50));
    let (lat, lon) = if place == 0 {
        (40.4165, -3.7026)
    } else if chance.share() < 0.4 {
        (37.0 + 6.0 * chance.share(), -8.5 + 11.0 * chance.share())
    } else {
        (-50.0 + 115.0 * chance.share(), -120.0 + 240.0 * chance.share())
    };
    Place {
        id: format!("geo:{}", 90_000_000 + place),
        name: name.to_owned(),
        country: "ZZ".to_owned(),
        lat: (lat * 1e4).round() / 1e4,
        lon: (lon * 1e4).round() / 1e4,
        time_zone: None,
    }
}

/// An entity's mention, as the text knows where it stands.
pub(super) fn mention(name: &Name, start: u32, length: u32) -> Entity {
    Entity {
        start,
        end: start + length,
        text: name.printed.clone(),
        kind: name.kind,
        id: name.id.clone(),
        name: name.printed.clone(),
        salience: 0.4,
        confidence: 0.9,
        engine: "linear".to_owned(),
    }
}
