//! The word lists of `vocab/cues.tsv`, `agencies.tsv` and `reporting_verbs.tsv`, folded for look-up.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};

use super::lexicon::Lexicon;
use super::tokens::fold;

const CUES: &str = include_str!("../../vocab/cues.tsv");
const AGENCIES: &str = include_str!("../../vocab/agencies.tsv");
const NAMES: &str = include_str!("../../vocab/names.tsv");
const VERBS: &str = include_str!("../../vocab/reporting_verbs.tsv");

/// The seven languages.
pub const LANGUAGES: [&str; 7] = ["es", "en", "fr", "pt", "it", "de", "ca"];

/// Words that say what stands beside them.
#[derive(Debug)]
pub struct Cues {
    stop: HashMap<String, HashSet<String>>,
    lists: HashMap<String, HashSet<String>>,
    /// Lists of one language, by list and language.
    own: HashMap<String, HashMap<String, HashSet<String>>>,
    /// Month words to numbers.
    pub months: BTreeMap<String, u32>,
    /// Agency names and tags, folded, to the tag as printed.
    pub agencies: HashMap<String, String>,
    verbs: HashMap<String, HashSet<String>>,
    according: HashMap<String, Vec<String>>,
    everywhere: HashSet<String>,
    lexicon: Lexicon,
    /// Beginnings of reporting verbs, folded.
    says: HashMap<String, Vec<String>>,
    /// Folded words to the lists that they are in, a bit each in the order of [`MARKS`].
    marks: HashMap<String, u32>,
}

/// The lists that [`Cues::marks`] tells of.
const MARKS: [&str; 12] = [
    "title",
    "given",
    "org",
    "orgname",
    "orglink",
    "region",
    "demonym",
    "locprep",
    "particle",
    "portfolio",
    "acronym",
    "month",
];

/// The cells of a vocabulary file, comments left out.
pub(crate) fn rows(file: &str) -> impl Iterator<Item = Vec<&str>> {
    file.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split('\t').collect())
}

impl Cues {
    /// Reads the lists.
    pub fn load() -> Self {
        let mut cues = Self {
            stop: HashMap::new(),
            lists: HashMap::new(),
            own: HashMap::new(),
            months: BTreeMap::new(),
            agencies: HashMap::new(),
            verbs: HashMap::new(),
            according: HashMap::new(),
            everywhere: HashSet::new(),
            lexicon: Lexicon::load(),
            says: HashMap::new(),
            marks: HashMap::new(),
        };
        for row in rows(CUES) {
            let [list, language, words] = row[..] else { continue };
            let folded = words.split('|').map(fold);
            match list {
                "stop" => cues.stop.entry(language.to_owned()).or_default().extend(folded),
                "says" => cues.says.entry(language.to_owned()).or_default().extend(folded),
                "accordingto" => cues.according.entry(language.to_owned()).or_default().extend(folded),
                "month" => {
                    let pairs = words.split('|').filter_map(|word| word.split_once('='));
                    cues.months
                        .extend(pairs.filter_map(|(word, n)| Some((word.to_owned(), n.parse().ok()?))));
                }
                _ if language != "*" => {
                    let lists = cues.own.entry(list.to_owned()).or_default();
                    lists.entry(language.to_owned()).or_default().extend(folded);
                }
                _ => cues.lists.entry(list.to_owned()).or_default().extend(folded),
            }
        }
        cues.everywhere = cues.stop.values().flatten().cloned().collect();
        for row in rows(AGENCIES) {
            let Some((tag, aliases)) = row.first().zip(row.get(4)) else { continue };
            for name in std::iter::once(*tag).chain(row.get(1).copied()).chain(aliases.split('|')) {
                if name.len() > 2 || name == "AP" || name == "PA" {
                    cues.agencies.entry(fold(name)).or_insert_with(|| (*tag).to_owned());
                }
            }
        }
        for row in rows(VERBS) {
            let [language, verbs] = row[..] else { continue };
            cues.verbs.entry(language.to_owned()).or_default().extend(verbs.split('|').map(fold));
        }
        for (place, list) in MARKS.iter().enumerate() {
            for word in cues.lists.get(*list).into_iter().flatten() {
                *cues.marks.entry(word.clone()).or_default() |= 1 << place;
            }
        }
        for word in cues.months.keys() {
            *cues.marks.entry(word.clone()).or_default() |= 1 << (MARKS.len() - 1);
        }
        for word in cues.agencies.keys() {
            *cues.marks.entry(word.clone()).or_default() |= 1 << MARKS.len();
        }
        for row in rows(NAMES) {
            let [name, sorts] = row[..] else { continue };
            let marks = cues.marks.entry(name.to_owned()).or_default();
            *marks |= u32::from(sorts.contains('g')) << (MARKS.len() + 3);
            *marks |= u32::from(sorts.contains('s')) << (MARKS.len() + 4);
        }
        cues
    }

    /// Is a folded word in a list of `cues.tsv`?
    pub fn has(&self, list: &str, word: &str) -> bool {
        self.lists.get(list).is_some_and(|words| words.contains(word))
    }

    /// Is a folded word in the list of a language in `cues.tsv`?
    pub fn has_of(&self, list: &str, language: &str, word: &str) -> bool {
        let words = self.own.get(list).and_then(|languages| languages.get(language));
        words.is_some_and(|words| words.contains(word))
    }

    /// Is a folded word a stop word of the language, or of any where the language is none of the seven?
    pub fn is_stop(&self, language: &str, word: &str) -> bool {
        self.stop.get(language).unwrap_or(&self.everywhere).contains(word)
    }

    /// Is a folded phrase a reporting verb of the language?
    pub fn is_verb(&self, language: &str, phrase: &str) -> bool {
        match self.verbs.get(language) {
            Some(verbs) => verbs.contains(phrase),
            None => self.verbs.values().any(|verbs| verbs.contains(phrase)),
        }
    }

    /// The lists that a folded word is in, as bits: lists of any language, then agencies, stop words and reporting verbs of this
    /// one, given names and surnames of the world.
    pub fn marks(&self, language: &str, word: &str) -> u32 {
        let bit = |set: bool, place: usize| u32::from(set) << (MARKS.len() + place);
        self.marks.get(word).copied().unwrap_or_default()
            | bit(self.is_stop(language, word), 1)
            | bit(self.is_verb(language, word), 2)
            | bit(self.is_common(language, word), 5)
    }

    /// Is a folded word in the dictionary? In German also a compound that ends with a word of five letters or more.
    fn is_common(&self, language: &str, word: &str) -> bool {
        let last = word.rsplit(' ').next().unwrap_or(word);
        let knows = |word: &str| self.lexicon.knows(language, word) == Some(true);
        if knows(last) || language != "de" {
            return knows(last);
        }
        let ends = last.char_indices().map(|(byte, _)| byte).skip(3).filter_map(|byte| last.get(byte..));
        ends.take_while(|end| end.len() >= 5).any(knows)
    }

    /// Does a folded word begin like a reporting verb of the language? `aseguraba`, `explicó`.
    pub fn says(&self, language: &str, word: &str) -> bool {
        let stems = self.says.get(language).map(Vec::as_slice).unwrap_or_default();
        stems.iter().any(|stem| word.starts_with(stem.as_str()))
    }

    /// `según`, `selon`, `laut` and the like, folded.
    pub fn according(&self, language: &str) -> &[String] {
        self.according.get(language).map(Vec::as_slice).unwrap_or_default()
    }

    /// How many of these folded words are stop words of a language.
    pub fn stop_count<'a>(&self, language: &str, words: impl Iterator<Item = &'a str>) -> usize {
        self.stop.get(language).map_or(0, |stop| words.filter(|word| stop.contains(*word)).count())
    }

    /// Does a folded word name an organisation's kind, also as the end of a German compound?
    pub fn is_org(&self, word: &str) -> bool {
        const ENDINGS: [&str; 10] = [
            "ministerium",
            "verband",
            "partei",
            "gericht",
            "gesellschaft",
            "universitat",
            "behorde",
            "gewerkschaft",
            "kommission",
            "stiftung",
        ];
        self.has("org", word)
            || ENDINGS.iter().any(|ending| word.len() > ending.len() && word.ends_with(ending))
    }
}
