//! Who may speak: people and organisations of a text by their tokens, and the offices that people were introduced with.

use std::ops::Range;

use wiredesk_contract::enrichment::{Entity, EntityType};

use super::super::cues::Cues;
use super::super::tokens::{Document, fold};

/// Letters of an office that are compared: `ministro` and `ministra` are one.
const STEM: usize = 6;

/// A person or organisation that may speak.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person {
    /// First token.
    pub(super) first: usize,
    /// One past the last.
    pub(super) end: usize,
    /// Index among the entities.
    pub(super) entity: usize,
    /// A person, not an organisation.
    pub(super) human: bool,
}

/// What a pronoun says of whom it stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Gender {
    She,
    He,
}

/// Who may speak in a text.
#[derive(Debug)]
pub(super) struct People<'a> {
    entities: &'a [Entity],
    all: Vec<Person>,
    /// Stems of offices, and who was introduced with them, in the order of the text.
    offices: Vec<(String, usize, usize)>,
    /// The same of any word: `el vicario de Ceuta, Gonzalo Pineda`.
    callings: Vec<(String, usize, usize)>,
    /// Of the people whose name or form of address shows it: their id.
    genders: Vec<(&'a str, Gender)>,
}

impl<'a> People<'a> {
    pub(super) fn new(document: &Document<'_>, entities: &'a [Entity], language: &str, cues: &Cues) -> Self {
        let mut all = Vec::new();
        let mut at = 0;
        for (index, entity) in entities.iter().enumerate() {
            let human = match entity.kind {
                EntityType::Per => true,
                EntityType::Org => false,
                _ => continue,
            };
            while document.tokens.get(at).is_some_and(|t| document.char_at(t.start) < entity.start) {
                at += 1;
            }
            let inside =
                document.tokens[at..].iter().take_while(|t| document.char_at(t.end) <= entity.end).count();
            let end = at + inside.max(1);
            // An agency tells the story, and people speak to it; it does not speak in it.
            let agency = !human && cues.agencies.contains_key(&fold(&entity.text));
            // In `SPD-Politikerin` no party speaks.
            let part = document.tokens.get(end).is_some_and(|t| matches!(t.text, "-" | "‑" | "–"))
                && document.gap(end - 1, end).is_empty();
            if !agency && (human || !part) {
                all.push(Person { first: at, end, entity: index, human });
            }
        }
        let mut people =
            Self { entities, all, offices: Vec::new(), callings: Vec::new(), genders: Vec::new() };
        people.offices = people.introduced(document, 12, |word| word.len() > 3 && cues.has("title", word));
        people.callings = people.introduced(document, 6, |word| word.len() > 4);
        people.genders = people.shown(document, language, cues);
        people
    }

    /// Offices, or other words, beside people: `la ministra de Hacienda, Marta Olmedo`, `Marta Olmedo, ministra de Hacienda`.
    fn introduced(
        &self,
        document: &Document<'_>,
        reach: usize,
        is_office: impl Fn(&str) -> bool,
    ) -> Vec<(String, usize, usize)> {
        let tokens = &document.tokens;
        let mut offices = Vec::new();
        for person in self.all.iter().filter(|person| person.human) {
            let sentence = tokens[person.first].sentence;
            let near = |i: &usize| tokens.get(*i).is_some_and(|t| t.sentence == sentence);
            let other = |i: usize| {
                self.all.iter().any(|p| p.human && p.entity != person.entity && (p.first..p.end).contains(&i))
            };
            let before = (person.first.saturating_sub(reach)..person.first)
                .rev()
                .filter(near)
                .take_while(|i| !other(*i));
            let comma = tokens.get(person.end).is_some_and(|t| t.text == ",");
            let after =
                (person.end..person.end + if comma { 7 } else { 0 }).filter(near).take_while(|i| !other(*i));
            for index in before.chain(after) {
                let word = tokens[index].fold.as_str();
                if tokens[index].is_word() && is_office(word) {
                    offices.push((stem(word), person.first, person.entity));
                }
            }
        }
        offices
    }

    /// What forms of address, and else given names, show of people.
    fn shown(&self, document: &Document<'_>, language: &str, cues: &Cues) -> Vec<(&'a str, Gender)> {
        let addressed = |person: &Person| {
            let words = document.tokens.get(..person.first)?.iter().rev().filter(|t| t.is_word());
            let word = words.take(1).find(|t| t.end + 3 > document.tokens[person.first].start)?;
            let titled =
                language == "de" && word.is_capital() && word.fold.len() > 5 && word.fold.ends_with("in");
            match (titled || cues.has("she", &word.fold), cues.has("he", &word.fold)) {
                (true, _) => Some(Gender::She),
                (_, true) => Some(Gender::He),
                _ => None,
            }
        };
        let called = |entity: &Entity| {
            let name = fold(&entity.name);
            let (given, _) = name.split_once(' ')?;
            let romance = matches!(language, "es" | "it" | "pt" | "ca");
            match given.chars().next_back()? {
                'a' => Some(Gender::She),
                'o' if romance => Some(Gender::He),
                _ => None,
            }
        };
        let humans = || self.all.iter().filter(|person| person.human);
        let entity = |person: &Person| self.entities.get(person.entity);
        let by_address = humans().filter_map(|p| Some((entity(p)?.id.as_str(), addressed(p)?)));
        let by_name = humans().filter_map(|p| Some((entity(p)?.id.as_str(), called(entity(p)?)?)));
        by_address.chain(by_name).collect()
    }

    /// Is a person one whom a pronoun may stand for, as far as the text shows?
    pub(super) fn may_be(&self, entity: usize, gender: Option<Gender>) -> bool {
        let Some((gender, entity)) = gender.zip(self.entities.get(entity)) else { return true };
        let known = self.genders.iter().find(|(id, _)| *id == entity.id).map(|(_, gender)| *gender);
        known.is_none_or(|known| known == gender)
    }

    pub(super) fn entity(&self, index: usize) -> Option<&'a Entity> {
        self.entities.get(index)
    }

    /// Those within a range of tokens, in order.
    pub(super) fn within(&self, range: Range<usize>) -> std::slice::Iter<'_, Person> {
        let from = self.all.partition_point(|person| person.first < range.start);
        let to = self.all.partition_point(|person| person.end <= range.end);
        self.all.get(from..to).unwrap_or_default().iter()
    }

    /// The first that is a person, else the first organisation.
    pub(super) fn first_in(&self, range: Range<usize>) -> Option<&Person> {
        self.within(range.clone()).find(|person| person.human).or_else(|| self.within(range).next())
    }

    /// The last that is a person, else the last organisation.
    pub(super) fn last_in(&self, range: Range<usize>) -> Option<&Person> {
        self.within(range.clone()).rfind(|person| person.human).or_else(|| self.within(range).next_back())
    }

    /// Is the entity a person?
    pub(super) fn is_human(&self, entity: usize) -> bool {
        self.all.iter().any(|person| person.entity == entity && person.human)
    }

    /// The person before a token that the text names most often. Nobody where two are named as often.
    pub(super) fn foremost(&self, before: usize) -> Option<usize> {
        let humans = || self.all.iter().filter(|person| person.human);
        let id = |person: &Person| self.entities.get(person.entity).map(|entity| entity.id.as_str());
        let count = |person: &Person| humans().filter(|other| id(other) == id(person)).count();
        let known = || humans().filter(|person| person.first < before);
        let best = known().max_by_key(|person| count(person))?;
        known().all(|p| id(p) == id(best) || count(p) < count(best)).then_some(best.entity)
    }

    /// Who was introduced with an office: the last one before a token, else the first after it.
    pub(super) fn of_office(&self, word: &str, before: usize) -> Option<usize> {
        Self::introduced_as(&self.offices, word, before)
    }

    /// The same of any word.
    pub(super) fn of_calling(&self, word: &str, before: usize) -> Option<usize> {
        Self::introduced_as(&self.callings, word, before)
    }

    fn introduced_as(list: &[(String, usize, usize)], word: &str, before: usize) -> Option<usize> {
        let stem = stem(word);
        let same = || list.iter().filter(|(office, ..)| *office == stem);
        let found = same().rfind(|(_, at, _)| *at < before).or_else(|| same().next());
        found.map(|(.., entity)| *entity)
    }
}

fn stem(word: &str) -> String {
    word.chars().take(STEM).collect()
}
