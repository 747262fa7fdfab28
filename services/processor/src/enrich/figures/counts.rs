//! Counts: a number and the noun that it counts.

use wiredesk_contract::enrichment::FigureKind;

use super::super::tokens::Shape;
use super::atoms::{Kind, Reader};
use super::number::Amount;
use super::units::List;
use super::{Found, Language, Sum, Unit, found};

impl Reader<'_, '_, '_> {
    pub(super) fn count(&self, i: usize, at: usize, sum: &Sum) -> Option<Unit> {
        if sum.dashed || !self.countable(i, sum) {
            return None;
        }
        let thousands = sum.low.numeral.and_then(|numeral| numeral.thousands).filter(|_| sum.high.is_none());
        let points = self.is(at, List::Points);
        let factor = thousands.filter(|_| !points).map_or(1.0, |thousands| thousands / sum.low.value);
        let of = if sum.great() { self.of(at) } else { at };
        if let Some((noun, end)) = self.noun(of) {
            return Some(Unit { factor, ..Unit::new(FigureKind::Count, noun, end) });
        }
        // Millions are a figure whatever they are of.
        (sum.great() && sum.high.is_none_or(|high| high.scale >= 1e6))
            .then(|| Unit::new(FigureKind::Count, "", at))
    }

    /// Does a name stand before a number: `Ibex 35`? In German any noun has a capital.
    pub(super) fn named(&self, i: usize) -> bool {
        let Some(before) = i.checked_sub(1).and_then(|p| self.atom(p)).filter(|_| self.same_line(i)) else {
            return false;
        };
        let small =
            [List::Stop, List::Article, List::One, List::Of].into_iter().any(|list| self.is(i - 1, list));
        let title =
            self.lexicon.language != Language::De && before.shape == Shape::Title && !self.is_plain(i - 1);
        !small && (before.shape == Shape::Upper || title)
    }

    /// May a number count things? Not a year, a decimal, or the number of a name.
    fn countable(&self, i: usize, sum: &Sum) -> bool {
        let named = self.named(i);
        let points = (0..3).any(|k| self.is(sum.end + k, List::Points));
        let good = |amount: &Amount| {
            amount.numeral.is_none_or(|numeral| {
                let year = numeral.year().is_some()
                    && !(numeral.value == 2000.0 && self.lexicon.language != Language::En);
                (numeral.whole || numeral.thousands.is_some() || points) && !year && !(named && numeral.plain)
            })
        };
        good(&sum.low) && good(&sum.last()) && !(self.lexicon.language == Language::Fr && self.is_new(i))
    }

    /// French `neuf`, nine or new: nine where no noun can stand before it.
    fn is_new(&self, i: usize) -> bool {
        let word = i > 0 && self.same_line(i) && self.atom(i - 1).is_some_and(|a| a.kind == Kind::Word);
        word && self.text(i) == "neuf" && !self.is(i - 1, List::Stop) && !self.is(i - 1, List::Article)
    }

    /// `una docena de`, `a dozen`, `une centaine de`.
    pub(super) fn collective(&self, i: usize) -> Option<Found> {
        if !self.is(i, List::One) || !self.is_plain(i) {
            return None;
        }
        let (sense, end) = self.find(i + 1, List::Collective)?;
        let (half, end) = self.find(end, List::HalfAfter).map_or((1.0, end), |(_, end)| (1.5, end));
        let of = self.of(end);
        if of == end && !matches!(self.lexicon.language, Language::En | Language::De) {
            return None;
        }
        let value = sense.number * half;
        let low = Amount { value, end, scale: 1.0, one: false, numeral: None };
        let sum = Sum { low, high: None, end: of, dashed: false };
        let unit = self.money(of, &sum).or_else(|| self.measure(i, of, &sum));
        let unit = unit.or_else(|| {
            let (noun, end) = self.noun(of)?;
            Some(Unit::new(FigureKind::Count, noun, end))
        })?;
        Some(found(i, &sum, unit))
    }

    pub(super) fn of(&self, i: usize) -> usize {
        self.find(i, List::Of).filter(|_| self.same_line(i)).map_or(i, |(_, end)| end)
    }

    pub(super) fn adjectives(&self, i: usize) -> usize {
        (i..i + 3).find(|at| !self.is(*at, List::Adjective) || !self.same_line(*at + 1)).unwrap_or(i)
    }

    /// The counted noun at an atom, past adjectives.
    pub(super) fn noun(&self, i: usize) -> Option<(&str, usize)> {
        if self.glued(i) && !self.is_mark(i.wrapping_sub(1), "'") && !self.is_mark(i.wrapping_sub(1), "’") {
            return None;
        }
        let at = match self.lexicon.language {
            Language::De => self.german_noun(i),
            Language::En => self.english_noun(i),
            // `300 jeunes de la région`: some adjectives may be the noun.
            _ => Some(self.adjectives(i))
                .filter(|at| self.is_plural(*at))
                .or_else(|| self.is(i, List::Plural).then_some(i)),
        }?;
        Some((self.text(at), at + 1))
    }

    pub(super) fn is_word(&self, i: usize) -> bool {
        self.atom(i).is_some_and(|atom| atom.kind == Kind::Word) && self.same_line(i)
    }

    /// No word that stands between nouns, nor one with another sense after a number.
    fn may_be_noun(&self, i: usize) -> bool {
        const NONE: [List; 9] = [
            List::Stop,
            List::Month,
            List::ShortMonth,
            List::Weekday,
            List::Scale,
            List::Unit,
            List::Number,
            List::Currency,
            List::Article,
        ];
        self.is_word(i) && !NONE.into_iter().any(|list| self.is(i, list)) && !self.gap(i).contains('-')
    }

    fn is_plural(&self, i: usize) -> bool {
        let word = self.text(i);
        let lower = self.atom(i).is_some_and(|atom| atom.shape == Shape::Lower);
        let plural = match self.lexicon.language {
            Language::Fr => word.ends_with(['s', 'x', 'z']),
            Language::It => {
                word.ends_with(['i', 'e', 'à', 'ù']) && !word.ends_with("nte") && !word.ends_with("ione")
            }
            Language::En => word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end)),
            _ => word.ends_with('s'),
        };
        let members = self.lexicon.language == Language::En && word.ends_with("Ps");
        (lower && word.len() > 2 && plural || members || self.is(i, List::Plural)) && self.may_be_noun(i)
    }

    /// `20 council workers`, `two British soldiers`, `three men`.
    fn english_noun(&self, i: usize) -> Option<usize> {
        let mut unknown = 0;
        for at in i..i + 4 {
            if self.is_plural(at) {
                // A noun before a noun is no plural, but `sports clubs` are clubs: the first will do.
                return Some(at);
            }
            let atom = self.atom(at)?;
            let adjective = self.is(at, List::Adjective)
                || matches!(atom.shape, Shape::Title)
                || [
                    "al", "ed", "ing", "ish", "ic", "ous", "ary", "ive", "an", "ese", "ern", "less", "ful",
                    "er",
                ]
                .iter()
                .any(|ending| self.text(at).ends_with(ending));
            unknown += usize::from(!adjective);
            if unknown > 1 || !self.may_be_noun(at) {
                return None;
            }
        }
        None
    }

    /// The next word with a capital, past adjectives.
    fn german_noun(&self, i: usize) -> Option<usize> {
        for at in i..i + 4 {
            let atom = self.atom(at).filter(|_| self.may_be_noun(at))?;
            match atom.shape {
                Shape::Title => return (self.text(at).len() > 2).then_some(at),
                Shape::Lower => {
                    let adverb = self.is(at, List::Adjective);
                    let adjective =
                        ["e", "en", "er", "es"].iter().any(|ending| self.text(at).ends_with(ending));
                    if !adverb && !adjective {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        None
    }
}
