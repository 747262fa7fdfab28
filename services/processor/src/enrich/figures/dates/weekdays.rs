//! Days of the week: the last such day, unless the text marks the next.

use chrono::{Datelike, NaiveDate};

use wiredesk_contract::enrichment::DateBasis;

use super::super::super::tokens::Shape;
use super::super::atoms::Kind;
use super::super::units::{Language, List};
use super::{Finder, Found, When, fits, shifted, with_weekday};

impl Finder<'_, '_, '_, '_> {
    /// A day of the week, with the date that may follow it.
    pub(super) fn weekday(&self, i: usize) -> Option<Found> {
        let reader = self.reader;
        let (sense, end) = reader.find(i, List::Weekday)?;
        let english = matches!(reader.lexicon.language, Language::En | Language::De);
        let shape = reader.atom(i)?.shape;
        if if english { shape == Shape::Lower } else { !reader.is_plain(i) } {
            return None;
        }
        let wanted = sense.number as u32;
        if let Some(found) = self.dated(i, end) {
            return Some(with_weekday(found, wanted));
        }
        if let Some(found) = self.numbered(i, end, wanted) {
            return Some(found);
        }
        // `sábado (18)` of another month, `lundi 2 au vendredi 6 mars`: better nothing.
        let bracketed =
            reader.is_mark(end, "(") && reader.numeral_at(end + 1).is_some() && reader.is_mark(end + 2, ")");
        let spanned =
            reader.numeral_at(end).is_some_and(|n| n.day().is_some()) && reader.is(end + 1, List::To);
        if bracketed || spanned {
            return None;
        }
        let habit =
            reader.after(i, List::Habit) && !reader.is(end, List::Last) && !reader.is(end, List::Next);
        if habit {
            return None;
        }
        let published = self.published?;
        let (date, end) = self.nearest(i, end, wanted, published)?;
        Some(Found { first: i, end, date: When::Day(date), to: None, basis: DateBasis::Resolved })
    }

    /// `lunes, 12 de mayo`, `Dienstag, den 14. Oktober`, `Monday, May 12`.
    fn dated(&self, i: usize, end: usize) -> Option<Found> {
        let reader = self.reader;
        let at = if reader.is_mark(end, ",") { end + 1 } else { end };
        let at = if reader.is(at, List::Article) { at + 1 } else { at };
        if !reader.same_line(end) || !reader.same_line(at) {
            return None;
        }
        let day = match reader.atom(at)?.kind {
            Kind::Word => self.month_first(at)?,
            _ => self.date(at)?,
        };
        (matches!(day.date, When::Day(_)) && day.to.is_none()).then_some(Found { first: i, ..day })
    }

    /// `martes 14`, `quarta-feira (12)`: the near day that is both.
    fn numbered(&self, i: usize, end: usize, weekday: u32) -> Option<Found> {
        let reader = self.reader;
        let open = reader.is_mark(end, "(") && reader.is_mark(end + 2, ")");
        let at = if open { end + 1 } else { end };
        let day = reader.numeral_at(at).filter(|_| reader.same_line(at))?.day()?;
        let published = self.published?;
        let near = |days: i64| shifted(published, days).filter(|date| fits(*date, weekday, day));
        let date = (0..=15).find_map(|days| near(-days).or_else(|| near(days)))?;
        let end = if open { at + 2 } else { at + 1 };
        Some(Found { first: i, end, date: When::Day(date), to: None, basis: DateBasis::Resolved })
    }

    /// The day of the week that is meant, and the atom after its mark: the last one, unless the next is told.
    fn nearest(
        &self,
        i: usize,
        end: usize,
        weekday: u32,
        published: NaiveDate,
    ) -> Option<(NaiveDate, usize)> {
        let reader = self.reader;
        let back = i64::from((published.weekday().num_days_from_monday() + 7 - weekday % 7) % 7);
        let next = reader.find(end, List::Next).filter(|_| reader.same_line(end));
        let last = reader.find(end, List::Last).filter(|_| reader.same_line(end));
        let ahead = 7 - back;
        if let Some((_, end)) = next {
            return Some((shifted(published, ahead)?, end));
        }
        let gone = if back == 0 { 7 } else { back };
        if let Some((_, end)) = last {
            return Some((shifted(published, -gone)?, end));
        }
        let days = if reader.after(i, List::Next) {
            ahead
        } else if reader.after(i, List::Last) {
            -gone
        } else if back > 0 && self.is_future(i) {
            ahead
        } else {
            -back
        };
        Some((shifted(published, days)?, end))
    }

    /// Is a verb of the future by: up to eight words before, or six after, within the clause?
    fn is_future(&self, i: usize) -> bool {
        let reader = self.reader;
        if self.is_until(i) {
            return true;
        }
        let ends = |at: &usize| {
            let mark = reader.atom(*at).is_some_and(|atom| atom.kind == Kind::Mark)
                && !matches!(reader.text(*at), "'" | "’");
            mark || !reader.same_line(*at) || reader.is(*at, List::NoDay)
        };
        let before = (i.saturating_sub(8)..i).rev().take_while(|at| !ends(at));
        let after = (i + 1..(i + 7).min(reader.atoms.len())).take_while(|at| !ends(at));
        before.chain(after).any(|at| self.tells_future(at))
    }

    /// `hasta el lunes`, `ab Montag`, `jusqu'à vendredi`, `fino a lunedì`.
    fn is_until(&self, i: usize) -> bool {
        let reader = self.reader;
        let small = |at: &usize| {
            let lists = [List::Article, List::Of, List::To, List::DateOf];
            matches!(reader.text(*at), "'" | "’") || lists.into_iter().any(|list| reader.is(*at, list))
        };
        let known = |at: &usize| reader.is(*at, List::Until);
        let mut before = (i.saturating_sub(4)..i).rev().skip_while(|at| small(at) && !known(at));
        before.next().is_some_and(|at| known(&at))
    }

    fn tells_future(&self, i: usize) -> bool {
        let reader = self.reader;
        let word = reader.text(i);
        let lower = reader.atom(i).is_some_and(|atom| atom.shape == Shape::Lower);
        let ending = |ending: &str| word.len() > ending.len() + 1 && word.ends_with(ending);
        reader.is(i, List::Future)
            || lower && !reader.is(i, List::Stop) && reader.lexicon.future.iter().any(|end| ending(end))
    }
}
