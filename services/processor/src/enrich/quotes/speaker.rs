//! Who said it.

use std::ops::Range;

use super::super::tokens::Shape;
use super::Scene;
use super::marks::Around;
use super::people::{Gender, Person};

/// Words between a quotation and its reporting verb.
const REACH: usize = 14;

/// What stands before those that something is told to.
const TO: [&str; 14] =
    ["a", "al", "als", "alla", "allo", "all", "ai", "agli", "alle", "ao", "aos", "au", "to", "dem"];

/// What stands before the place where something is told: `relató en el hospital`.
const AT: [&str; 15] = [
    "en", "in", "im", "at", "nel", "nella", "nello", "no", "na", "dans", "chez", "bei", "beim", "outside",
    "inside",
];

/// What was found of a speaker.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spoken {
    /// Index of the entity.
    pub(super) speaker: Option<usize>,
    /// Tokens of the reporting verb.
    pub(super) verb: Option<(usize, usize)>,
    /// Is it beyond doubt that somebody speaks?
    pub(super) sure: bool,
    /// 0 to 1.
    pub(super) confidence: f32,
    /// Token of the closing mark.
    pub(super) at: usize,
}

impl Scene<'_> {
    /// The speaker of the words between two marks. `last` is the speaker of the quotation before.
    pub(super) fn speaker(
        &self,
        open: usize,
        close: usize,
        around: &Around,
        whole: bool,
        last: Option<&Spoken>,
    ) -> Spoken {
        let found = |speaker: Option<usize>, verb: Option<(usize, usize)>, confidence: f32| Spoken {
            speaker,
            verb,
            sure: true,
            confidence: if speaker.is_some() { confidence } else { 0.5 },
            at: close,
        };
        let Around { before, after } = around.clone();
        // Whoever was spoken of since the last quotation goes before its speaker.
        let carried_as = |gender: Option<Gender>| {
            let since = last.map_or(0, |last| last.at);
            let near = last.filter(|last| self.is_near(last.at, open)).and_then(|last| last.speaker);
            let near = near.filter(|speaker| self.people.may_be(*speaker, gender));
            self.spoken_of(open, since, gender).or(near).or_else(|| self.spoken_of(open, 0, gender))
        };
        let carried = || carried_as(None);
        if whole && self.answers(open) && self.people.within(after.clone()).next().is_none() {
            let speaker = last.and_then(|last| last.speaker).or_else(|| self.people.foremost(open));
            return found(speaker, None, 0.7);
        }
        // `…», ha asegurado Olmedo`
        let reach = after.start..after.end.min(after.start + REACH);
        if let Some((at, end)) = self.verb(reach.clone()) {
            if let Some(gender) = self.pronoun(at.saturating_sub(1)..after.end.min(end + 3)) {
                let speaker = carried_as(Some(gender)).filter(|index| self.people.is_human(*index));
                return found(speaker, Some((at, end)), 0.7);
            }
            let beside = self.beside(at, end, after.clone());
            let subject = beside.or_else(|| self.subject(before.clone()));
            return found(
                subject.or_else(|| self.unnamed(at..after.end, carried, open)),
                Some((at, end)),
                0.9,
            );
        }
        // `Olmedo ha asegurado: «…`
        if let Some((at, end)) = self.last_verb(before.clone()) {
            let subject =
                self.people.last_in(before.start..at).or_else(|| self.people.first_in(end..before.end));
            let subject = subject.map(|person| person.entity);
            return found(subject.or_else(|| self.unnamed(before, carried, open)), Some((at, end)), 0.85);
        }
        if let Some(at) = self.according(before.clone()) {
            return found(self.people.first_in(at..before.end).map(|p| p.entity), None, 0.85);
        }
        if let Some(at) = self.according(after.clone()) {
            let named = self.people.first_in(at..after.end).map(|p| p.entity);
            return found(named.or_else(|| self.office(at..after.end, open)), None, 0.85);
        }
        // `Olmedo: «…`, and in an interview the one who answers.
        let colon = open.checked_sub(1).is_some_and(|i| self.document.tokens[i].text == ":");
        let named = self.people.within(after.clone()).any(|person| person.human);
        if colon && let Some(person) = self.people.last_in(before.clone()).filter(|p| p.human || !named) {
            return found(Some(person.entity), None, 0.8);
        }
        // `«…», Olmedo`; `«…», analyse le conseiller principal, Bruno Salaün`: some verb that is in no list.
        if let Some(person) = self.people.within(after.clone()).find(|person| person.human).filter(|_| whole)
        {
            return found(Some(person.entity), None, 0.7);
        }
        if !before.is_empty() || !whole {
            let subject = self.subject(before);
            return Spoken { speaker: subject, sure: false, confidence: 0.6, at: close, ..Spoken::default() };
        }
        // `«…», borbotta un pensionato`: somebody else, who has no name.
        if !after.is_empty() {
            return found(None, None, 0.5);
        }
        // An utterance alone: the speaker goes on, or was named in the sentence before.
        let speaker = carried();
        Spoken { speaker, sure: false, confidence: 0.6, at: close, ..Spoken::default() }
    }

    /// Whoever stands beside a reporting verb: after it first, as in `dijo Olmedo`, unless something separates them.
    fn beside(&self, at: usize, end: usize, clause: Range<usize>) -> Option<usize> {
        let after = self.people.first_in(end..clause.end.min(end + 25));
        // An organisation speaks where it stands beside the verb: `respondeu a PGR`, not `dice nella sede dei Ragni`.
        // Whom somebody told it to does not speak: `told PTI`, `ha raccontato alla RSI`.
        let tokens = &self.document.tokens;
        let told = tokens.get(end - 1).is_some_and(|t| t.fold == "told");
        let to = |person: &&Person| {
            let between = tokens.get(end..person.first).unwrap_or_default();
            // In Portuguese `a` is the article too.
            let to = |word: &str| TO.contains(&word) && !(word == "a" && self.language == "pt");
            told || between.iter().any(|t| to(&t.fold) || AT.contains(&t.fold.as_str()))
        };
        let after = after.filter(|person| person.human || person.first <= end + 3 && !to(person));
        let before = self.people.last_in(clause.start..at);
        let close = after.filter(|person| person.first <= end + 2);
        let office = || self.office(end..clause.end.min(end + 4), at);
        let found = close.or(before).map(|person| person.entity);
        found
            .or_else(|| {
                // `ha dicho la ministra tras reunirse con Rey`: the office is nearer.
                office().filter(|_| after.is_none_or(|person| !self.is_apposition(end, person.first)))
            })
            .or_else(|| after.map(|person| person.entity))
    }

    /// Do only small words, offices and commas lie between a verb and a name (`ha dicho la ministra de Hacienda, Marta Olmedo`)?
    fn is_apposition(&self, from: usize, name: usize) -> bool {
        let between = self.document.tokens.get(from..name).unwrap_or_default();
        let parts = |word: &str| self.cues.has("apart", word);
        between.len() <= 16 && !between.iter().any(|t| parts(&t.fold) || matches!(t.text, ";" | "(" | "."))
    }

    /// The one person before the quotation in its sentence, where there is one only.
    fn subject(&self, range: Range<usize>) -> Option<usize> {
        let mut people = self.people.within(range).filter(|person| person.human).map(|person| person.entity);
        let first = people.next()?;
        people.all(|other| other == first).then_some(first)
    }

    /// Somebody who is not named beside the verb: by office, or, where nobody else is meant, the speaker before.
    fn unnamed(
        &self,
        clause: Range<usize>,
        carried: impl Fn() -> Option<usize>,
        open: usize,
    ) -> Option<usize> {
        if let Some(office) = self.office_word(clause.clone()) {
            return self.people.of_office(&self.document.tokens[office].fold, open);
        }
        // `ha dicho el vicario`: whoever was introduced so, and nobody where nobody was.
        if let Some(calling) = self.calling(clause.clone()) {
            return self.people.of_calling(&self.document.tokens[calling].fold, open);
        }
        // `explicó un vecino`: somebody without a name.
        let words = self.document.tokens.get(clause).unwrap_or_default();
        let stranger = words.iter().any(|t| self.cues.has_of("someone", self.language, &t.fold));
        if stranger { None } else { carried() }
    }

    /// The word behind the article that follows the reporting verb of a clause, or that its sentence begins with: `explicó la
    /// demandante`, `Le commerçant se dit soulagé`.
    fn calling(&self, clause: Range<usize>) -> Option<usize> {
        const ARTICLES: [&str; 20] = [
            "el", "la", "los", "las", "le", "les", "l", "il", "lo", "i", "o", "os", "der", "die", "das",
            "the", "un", "una", "une", "els",
        ];
        let tokens = &self.document.tokens;
        let noun = |at: usize| {
            let is_article = |word: &str| ARTICLES.contains(&word) || word == "a" && self.language == "pt";
            let article = tokens.get(at).filter(|t| at < clause.end && is_article(&t.fold))?;
            let elided =
                article.fold == "l" && tokens.get(at + 1).is_some_and(|t| matches!(t.text, "'" | "’"));
            let noun = at + if elided { 2 } else { 1 };
            let word = tokens.get(noun).filter(|_| noun < clause.end)?;
            // German nouns have capitals.
            let is_noun = word.shape == Shape::Lower || self.language == "de" && word.shape == Shape::Title;
            (is_noun && word.fold.len() > 3).then_some(noun)
        };
        let (at, end) = self.verb(clause.clone())?;
        noun(end).or_else(|| noun(clause.start).filter(|noun| tokens[clause.start].first && *noun < at))
    }

    /// A word that is an office, in a range.
    fn office_word(&self, range: Range<usize>) -> Option<usize> {
        let tokens = &self.document.tokens;
        range.into_iter().find(|i| {
            tokens.get(*i).is_some_and(|t| {
                t.fold.len() > 3 && t.shape != Shape::Upper && self.cues.has("title", &t.fold)
            })
        })
    }

    fn office(&self, range: Range<usize>, open: usize) -> Option<usize> {
        let word = self.office_word(range)?;
        self.people.of_office(&self.document.tokens[word].fold, open)
    }

    /// Whom the three sentences before speak of, as far back as `since`: the first person of the last of them that names one, not
    /// one who is only named as another's, and for a pronoun one whom it fits.
    fn spoken_of(&self, open: usize, since: usize, gender: Option<Gender>) -> Option<usize> {
        let tokens = &self.document.tokens;
        let mut end = open;
        for _ in 0..3 {
            if end <= since {
                return None;
            }
            let sentence = tokens[end.checked_sub(1)?].sentence;
            let start =
                tokens[..end].iter().rposition(|t| t.sentence != sentence).map_or(0, |i| i + 1).max(since);
            let mut people = self.people.within(start..end).filter(|person| {
                person.human && self.people.may_be(person.entity, gender) && !self.is_of(person)
            });
            if let Some(person) = people.next() {
                return Some(person.entity);
            }
            end = start;
        }
        None
    }

    /// The word of the range that stands for a person who was named before.
    fn pronoun(&self, range: Range<usize>) -> Option<Gender> {
        let tokens = self.document.tokens.get(range).unwrap_or_default();
        let here = tokens.iter().take_while(|t| !t.is_capital()).find(|t| {
            // `el` is an article; `él` folds to the same.
            let article = t.text == "el";
            let inverted = ["-elle", "-il"].iter().any(|end| t.text.ends_with(end));
            !article && (inverted || self.cues.has_of("pronoun", self.language, &t.fold))
        })?;
        let she = here.text.ends_with("-elle") || self.cues.has("she", &here.fold);
        Some(if she { Gender::She } else { Gender::He })
    }

    /// Is a person named only as another's: `the soprano of Ethel Maybury`, `la madre de Olmedo`?
    fn is_of(&self, person: &Person) -> bool {
        const OF: [&str; 11] = ["de", "d", "of", "von", "di", "del", "della", "da", "do", "dos", "des"];
        let before = person.first.checked_sub(1).and_then(|before| self.document.tokens.get(before));
        before.is_some_and(|token| OF.contains(&token.fold.as_str()))
    }

    /// Is it the answer to a question?
    fn answers(&self, open: usize) -> bool {
        let tokens = &self.document.tokens;
        let mut first = open;
        while first > 0
            && !self.document.gap(first - 1, first).contains('\n')
            && matches!(tokens[first - 1].text, "-" | "–" | "—" | "." | "R" | "A" | ":")
        {
            first -= 1;
        }
        first > 0 && tokens.get(first - 1).is_some_and(|t| t.text == "?")
    }

    /// Are two tokens at most three sentences apart?
    fn is_near(&self, last: usize, open: usize) -> bool {
        let tokens = &self.document.tokens;
        tokens[open].sentence.saturating_sub(tokens[last].sentence) <= 3
    }

    /// The first reporting verb of a range: three words, two, or one.
    fn verb(&self, range: Range<usize>) -> Option<(usize, usize)> {
        range.clone().find_map(|at| self.verb_at(at, range.end).map(|end| (at, end)))
    }

    fn last_verb(&self, range: Range<usize>) -> Option<(usize, usize)> {
        range.clone().rev().find_map(|at| self.verb_at(at, range.end).map(|end| (at, end)))
    }

    /// The end of a reporting verb at a token, by the list or by its stem.
    pub(super) fn verb_at(&self, at: usize, most: usize) -> Option<usize> {
        let tokens = &self.document.tokens;
        let listed = (1..=3_usize).rev().find_map(|length| {
            let end = at + length;
            let words = tokens.get(at..end).filter(|_| end <= most)?;
            if words.iter().any(|t| !t.is_word()) {
                return None;
            }
            let phrase: Vec<&str> = words.iter().map(|t| t.fold.as_str()).collect();
            self.cues.is_verb(self.language, &phrase.join(" ")).then_some(end)
        });
        let word = tokens.get(at).filter(|t| t.shape == Shape::Lower);
        listed.or_else(|| word.filter(|t| self.cues.says(self.language, &t.fold)).map(|_| at + 1))
    }

    /// The token after `según`, `laut` … in a range.
    pub(super) fn according(&self, range: Range<usize>) -> Option<usize> {
        let tokens = &self.document.tokens;
        range.clone().find_map(|at| {
            self.cues.according(self.language).iter().find_map(|phrase| {
                let words: Vec<&str> = phrase.split(' ').collect();
                let here = tokens.get(at..at + words.len()).filter(|_| at + words.len() <= range.end)?;
                let weak = words.len() == 1
                    && matches!(words[0], "para" | "pour" | "per" | "so" | "conforme" | "zufolge");
                let same = here.iter().zip(&words).all(|(token, word)| token.fold == *word);
                (same && !weak).then_some(at + words.len())
            })
        })
    }
}
