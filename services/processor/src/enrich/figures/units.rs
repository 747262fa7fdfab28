//! The word lists of `vocab/figures.tsv`: number words, scales, currencies, units, months and the small words around them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::super::cues::rows;
use super::super::tokens::Document;

const FIGURES: &str = include_str!("../../../vocab/figures.tsv");

/// The languages that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// English.
    En,
    /// Portuguese.
    Pt,
    /// Italian.
    It,
    /// German.
    De,
    /// Catalan.
    Ca,
}

impl Language {
    const ALL: [Self; 7] = [Self::Es, Self::Fr, Self::En, Self::Pt, Self::It, Self::De, Self::Ca];

    /// Of a tag such as `es`, `pt-BR`.
    #[must_use]
    pub fn of(tag: &str) -> Option<Self> {
        let tag = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(tag))
    }

    fn tag(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::Fr => "fr",
            Self::En => "en",
            Self::Pt => "pt",
            Self::It => "it",
            Self::De => "de",
            Self::Ca => "ca",
        }
    }
}

/// Declares the lists with the names that the file has for them.
macro_rules! lists {
    ($($(#[$doc:meta])* $list:ident = $name:literal,)*) => {
        /// A word list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum List { $($(#[$doc])* $list,)* }

        impl List {
            fn of(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$list),)* _ => None }
            }

            fn bit(self) -> u64 {
                1 << (self as u32)
            }
        }
    };
}

lists! {
    /// Cardinal numbers below a thousand.
    Number = "number",
    /// One, which is an article too.
    One = "one",
    /// A hundred that a number before it multiplies.
    Hundred = "hundred",
    /// Between the words of one number.
    And = "and",
    /// Thousand and up.
    Scale = "scale",
    /// Scales that need no number before them.
    Bare = "bare",
    /// Letters for scales, with money only.
    Letter = "letter",
    /// Adds a half to what stands before it.
    HalfAfter = "half",
    /// Half of the scale that follows.
    HalfOf = "halfof",
    /// Nouns for a number of things.
    Collective = "collective",
    /// Between scale and noun.
    Of = "of",
    /// Before a range.
    Between = "between",
    /// Between the ends of a range after [`List::Between`].
    RangeAnd = "rangeand",
    /// Between the ends of a range.
    To = "to",
    /// Before the second end of a range.
    Article = "article",
    /// Symbols and codes of currencies before the number.
    Before = "before",
    /// Names, symbols and codes of currencies after the number.
    Currency = "currency",
    /// Hundredths of a currency.
    Cent = "cent",
    /// Per cent.
    Percent = "percent",
    /// Percentage points.
    Point = "point",
    /// Basis points.
    Basis = "basis",
    /// Units of measurement, UCUM.
    Unit = "unit",
    /// Below nought, after degrees.
    Below = "below",
    /// Things that are counted in decimals too.
    Points = "points",
    /// Adjectives between a number and its noun.
    Adjective = "adjective",
    /// Words that are no counted noun.
    Stop = "stop",
    /// Plurals that do not look it.
    Plural = "plural",
    /// Words before a number that only labels.
    Label = "label",
    /// Words before a time of the day.
    Clock = "clock",
    /// Endings of ordinals in figures.
    Ordinal = "ordinal",
    /// Months.
    Month = "month",
    /// Months, short forms, after a day only.
    ShortMonth = "shortmonth",
    /// Between day, month and year.
    DateOf = "dateof",
    /// Days of the week, Monday 0.
    Weekday = "weekday",
    /// Yesterday, today, tomorrow, in days from today.
    Day = "day",
    /// Phrases that only look like one of [`List::Day`].
    NoDay = "noday",
    /// Words before tomorrow that make it the morning.
    Morning = "morning",
    /// Words before a day of the week that make it any such day.
    Habit = "habit",
    /// Next.
    Next = "next",
    /// Last.
    Last = "last",
    /// Words and endings of the future.
    Future = "future",
    /// Verbs of change, before `from this to that`.
    Change = "change",
    /// Words right before a day that is still to come.
    Until = "until",
    /// Words before a year.
    Year = "year",
}

/// One reading of a word, or of a phrase that begins with it.
#[derive(Clone, Debug)]
pub(crate) struct Sense {
    /// Its list.
    pub list: List,
    /// The further words of a phrase, each with whether a blank stands before it.
    pub rest: Box<[(bool, Box<str>)]>,
    /// The value where it is a number.
    pub number: f64,
    /// The value as written.
    pub code: Box<str>,
    /// A word of one letter is to be printed just so: `m`, not `M`.
    pub letter: Option<char>,
}

/// All readings of a word.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    lists: u64,
    /// The longest first.
    pub senses: Vec<Sense>,
}

impl Entry {
    /// Is the word alone in a list?
    pub fn is(&self, list: List) -> bool {
        self.lists & list.bit() != 0
    }
}

/// A quick hash of short words; the keys are our own, so nobody can choose them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quick(u64);

impl Default for Quick {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let word = chunk.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
            self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
        }
    }
}

/// The words of one language, folded.
#[derive(Clone, Debug)]
pub(crate) struct Lexicon {
    /// Whose words they are.
    pub language: Language,
    entries: HashMap<Box<str>, Entry, BuildHasherDefault<Quick>>,
    /// Endings of verbs in the future, as printed.
    pub future: Vec<Box<str>>,
}

impl Lexicon {
    fn new(language: Language) -> Self {
        Self { language, entries: HashMap::default(), future: Vec::new() }
    }

    /// The readings of a folded word.
    pub fn get(&self, word: &str) -> Option<&Entry> {
        self.entries.get(word)
    }

    fn add(&mut self, list: List, phrase: &str, code: &str) {
        if let (List::Future, Some(ending)) = (list, phrase.strip_prefix('~')) {
            self.future.push(ending.into());
            return;
        }
        let document = Document::new(phrase);
        let Some(first) = document.tokens.first() else { return };
        let rest: Box<[(bool, Box<str>)]> = (1..document.tokens.len())
            .filter_map(|i| {
                Some((!document.gap(i - 1, i).is_empty(), document.tokens.get(i)?.fold.as_str().into()))
            })
            .collect();
        let mut letters = phrase.chars();
        let letter = letters.next().filter(|c| c.is_alphabetic() && letters.next().is_none());
        let number = code.parse().unwrap_or_default();
        let entry = self.entries.entry(first.fold.as_str().into()).or_default();
        if rest.is_empty() {
            entry.lists |= list.bit();
        }
        entry.senses.push(Sense { list, rest, number, code: code.into(), letter });
    }

    fn number(&mut self, word: &str, value: u32) {
        if self.get(word).is_none_or(|entry| !entry.is(List::Number)) {
            self.add(List::Number, word, &value.to_string());
        }
    }

    fn words(&self, values: impl Iterator<Item = u32>) -> Vec<(u32, String)> {
        let mut found = Vec::new();
        for value in values {
            let word = self.entries.iter().find(|(_, entry)| {
                entry
                    .senses
                    .iter()
                    .any(|s| s.list == List::Number && s.rest.is_empty() && s.number == f64::from(value))
            });
            found.extend(word.map(|(word, _)| (value, word.to_string())));
        }
        found
    }

    /// Numbers that German and Italian write in one word: to 999, and round thousands.
    fn compose(&mut self) {
        let (hundred, thousand) = match self.language {
            Language::De => ("hundert", "tausend"),
            Language::It => ("cento", "mila"),
            _ => return,
        };
        let units = self.words(2..=19);
        let tens = self.words((20..=90).step_by(10));
        let mut below: Vec<(u32, String)> = units.iter().chain(&tens).cloned().collect();
        let one = if hundred == "cento" { "uno" } else { "ein" };
        for (ten, word) in &tens {
            for (unit, small) in std::iter::once(&(1, one.to_owned())).chain(&units).filter(|(n, _)| *n < 10)
            {
                below.push((ten + unit, self.pair(small, word)));
            }
        }
        let mut all = below.clone();
        for n in 1..10 {
            let times = units.iter().find(|(unit, _)| *unit == n).map_or("", |(_, word)| word);
            let head = format!("{times}{hundred}");
            all.push((n * 100, head.clone()));
            for (value, word) in &below {
                all.push((n * 100 + value, format!("{head}{word}")));
                let linked = if hundred == "cento" {
                    format!("{}{word}", head.strip_suffix('o').unwrap_or(&head))
                } else {
                    format!("{head}und{word}")
                };
                if hundred != "cento" || word.starts_with('o') {
                    all.push((n * 100 + value, linked));
                }
            }
        }
        for (value, word) in &all {
            self.number(word, *value);
            if *value < 100 || value % 50 == 0 {
                self.number(&format!("{word}{thousand}"), value * 1000);
            }
        }
        let hundreds: Vec<(u32, String)> =
            all.iter().filter(|(value, _)| value % 100 == 0).cloned().collect();
        for n in 1..10 {
            let times =
                units.iter().find(|(unit, _)| *unit == n).map(|(_, word)| format!("{word}{thousand}"));
            let head =
                times.unwrap_or_else(|| if thousand == "mila" { "mille" } else { "tausend" }.to_owned());
            for (value, word) in &hundreds {
                self.number(&format!("{head}{word}"), n * 1000 + value);
            }
        }
    }

    /// `fünfundzwanzig`, `venticinque`, `ventotto`.
    fn pair(&self, unit: &str, ten: &str) -> String {
        if self.language == Language::De {
            return format!("{unit}und{ten}");
        }
        let elided = unit.starts_with(['u', 'o']);
        let stem = ten.strip_suffix(['a', 'i']).filter(|_| elided).unwrap_or(ten);
        format!("{stem}{unit}")
    }
}

/// The word lists, read once and handed to [`figures`](super::figures) and [`dates`](super::dates).
#[derive(Clone, Debug)]
pub struct Words {
    lexicons: Vec<Lexicon>,
}

impl Words {
    /// Reads the lists.
    #[must_use]
    pub fn load() -> Self {
        let mut lexicons: Vec<Lexicon> = Language::ALL.into_iter().map(Lexicon::new).collect();
        for row in rows(FIGURES) {
            let [language, list, ref cells @ ..] = row[..] else { continue };
            let Some(list) = List::of(list) else { continue };
            for cell in cells {
                let (words, code) = cell.rsplit_once('=').unwrap_or((cell, ""));
                for lexicon in lexicons.iter_mut().filter(|l| language == "*" || l.language.tag() == language)
                {
                    words.split('|').for_each(|word| lexicon.add(list, word, code));
                }
            }
        }
        for lexicon in &mut lexicons {
            lexicon.compose();
            for entry in lexicon.entries.values_mut() {
                entry.senses.sort_by_key(|sense| std::cmp::Reverse(sense.rest.len()));
            }
        }
        Self { lexicons }
    }

    /// The words of a language, by its tag.
    pub(crate) fn of(&self, language: &str) -> Option<&Lexicon> {
        let language = Language::of(language)?;
        self.lexicons.iter().find(|lexicon| lexicon.language == language)
    }
}
