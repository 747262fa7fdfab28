//! The dates that a text mentions.

mod weekdays;

use chrono::{Datelike, Days, NaiveDate};

use super::super::tokens::{Document, Shape};
use super::atoms::{Kind, Reader};
use super::units::{Language, List, Words};
use wiredesk_contract::enrichment::{DateBasis, DateMention};

/// The dates of a text in order of their start, none within another.
///
/// `published` is the day of publication, by the calendar of the newsroom: a day without a year is the nearest such day to
/// it, a day of the week the last such day unless the text marks the next. Without it only what the text says in full is
/// found. Dates are ISO 8601.
#[must_use]
pub fn dates(
    document: &Document<'_>,
    language: &str,
    published: Option<NaiveDate>,
    words: &Words,
) -> Vec<DateMention> {
    let Some(lexicon) = words.of(language) else { return Vec::new() };
    let reader = Reader::new(document, lexicon);
    let finder = Finder { reader: &reader, published };
    let mut found = Vec::new();
    let mut i = 0;
    while i < reader.atoms.len() {
        if let Some(date) = finder.date(i) {
            let date = finder.to_the_second(i, date);
            i = date.end.max(i + 1);
            found.extend(finder.printed(&date));
        } else {
            i += 1;
        }
    }
    found
}

/// A date as exact as the text has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum When {
    Year(i32),
    Month(i32, u32),
    Day(NaiveDate),
}

impl When {
    fn iso(self) -> String {
        match self {
            Self::Year(year) => year.to_string(),
            Self::Month(year, month) => format!("{year:04}-{month:02}"),
            Self::Day(day) => day.to_string(),
        }
    }
}

/// A date in atoms.
#[derive(Clone, Copy, Debug)]
struct Found {
    first: usize,
    end: usize,
    date: When,
    to: Option<When>,
    basis: DateBasis,
}

/// Day, month and perhaps year, and the atom after them.
#[derive(Clone, Copy)]
struct Parts {
    day: u32,
    month: u32,
    year: Option<i32>,
    end: usize,
}

struct Finder<'r, 'd, 't, 'w> {
    reader: &'r Reader<'d, 't, 'w>,
    published: Option<NaiveDate>,
}

impl Finder<'_, '_, '_, '_> {
    /// The date that begins at an atom.
    fn date(&self, i: usize) -> Option<Found> {
        let atom = self.reader.atom(i)?;
        match atom.kind {
            Kind::Date(y, m, d) => {
                let date = When::Day(NaiveDate::from_ymd_opt(y, m, d)?);
                Some(Found { first: i, end: i + 1, date, to: None, basis: DateBasis::Absolute })
            }
            Kind::Number(_) => self.day_span(i).or_else(|| self.day(i)).or_else(|| self.year(i)),
            Kind::Word => {
                let entry = atom.entry?;
                if entry.is(List::Month) || entry.is(List::ShortMonth) {
                    self.month(i)
                } else if entry.is(List::Weekday) {
                    self.weekday(i)
                } else {
                    self.relative(i)
                }
            }
            _ => None,
        }
    }

    fn is_month(&self, i: usize, list: List) -> Option<(u32, usize)> {
        let (sense, end) = self.reader.find(i, list)?;
        let shape = self.reader.atom(i)?.shape;
        let capital = matches!(self.reader.lexicon.language, Language::En | Language::De);
        (!capital || shape != Shape::Lower).then_some((sense.number as u32, end))
    }

    fn any_month(&self, i: usize) -> Option<(u32, usize)> {
        self.is_month(i, List::Month).or_else(|| self.is_month(i, List::ShortMonth))
    }

    /// The marks of an ordinal after a day: `12.` in German, `1°`.
    fn past_ordinal(&self, i: usize) -> usize {
        let mark = self.reader.is_mark(i, "°") || self.reader.is_mark(i, "º");
        let stop = self.reader.lexicon.language == Language::De && self.reader.is_mark(i, ".");
        if (mark || stop) && self.reader.glued(i) { i + 1 } else { i }
    }

    fn past_of(&self, i: usize) -> usize {
        let found = self.reader.find(i, List::DateOf).filter(|_| self.reader.same_line(i));
        found.map_or(i, |(_, end)| end)
    }

    /// `12 de mayo de 2026`, `12. Mai`, `1er mai`.
    fn parts(&self, i: usize) -> Option<Parts> {
        let day = self.reader.numeral_at(i)?.day()?;
        let at = self.past_of(self.past_ordinal(i + 1));
        if !self.reader.same_line(at) || self.tied(i) {
            return None;
        }
        let (month, end) = self.any_month(at)?;
        let (year, end) = self.year_after(end).map_or((None, end), |(year, end)| (Some(year), end));
        Some(Parts { day, month, year, end })
    }

    /// A number that is part of something longer, or the name of a street.
    fn tied(&self, i: usize) -> bool {
        let number = i > 0 && self.reader.numeral_at(i - 1).is_some() && self.reader.gap(i) == " ";
        self.reader.after(i, List::Label) || number
    }

    /// The year after a month: `de 2026`, `, 2026`, `2026`.
    fn year_after(&self, i: usize) -> Option<(i32, usize)> {
        let stop = self.reader.is_mark(i, ".") && self.reader.glued(i);
        let i = if stop && self.reader.numeral_at(i + 1).is_some() { i + 1 } else { i };
        let comma = self.reader.lexicon.language == Language::En && self.reader.is_mark(i, ",");
        let at = if comma { i + 1 } else { self.past_of(i) };
        let year = self.reader.numeral_at(at)?.year()?;
        (self.reader.same_line(at) && self.ends_year(at + 1)).then_some((year, at + 1))
    }

    /// No unit, noun or further figures after a year.
    fn ends_year(&self, at: usize) -> bool {
        const AFTER: [List; 6] =
            [List::Unit, List::Currency, List::Percent, List::Scale, List::Point, List::Weekday];
        let counted = AFTER.into_iter().any(|list| self.reader.find(at, list).is_some());
        let same_line = self.reader.same_line(at);
        let number = self.reader.numeral_at(at).is_some() && same_line && self.reader.gap(at) != "-";
        !(same_line && (counted || number))
    }

    fn resolved(&self, parts: &Parts) -> Option<(NaiveDate, DateBasis)> {
        if let Some(year) = parts.year {
            return Some((NaiveDate::from_ymd_opt(year, parts.month, parts.day)?, DateBasis::Absolute));
        }
        let published = self.published?;
        let year = published.year();
        let days =
            (year - 1..=year + 1).filter_map(|year| NaiveDate::from_ymd_opt(year, parts.month, parts.day));
        let nearest = days.min_by_key(|day| day.signed_duration_since(published).num_days().abs())?;
        Some((nearest, DateBasis::Resolved))
    }

    fn day(&self, i: usize) -> Option<Found> {
        let parts = self.parts(i).or_else(|| self.short_german(i))?;
        let (day, basis) = self.resolved(&parts)?;
        Some(Found { first: i, end: parts.end, date: When::Day(day), to: None, basis })
    }

    /// `12.02.`: day and month, a stop after each.
    fn short_german(&self, i: usize) -> Option<Parts> {
        let numeral = self.reader.numeral_at(i)?;
        let stop = self.reader.is_mark(i + 1, ".") && self.reader.glued(i + 1);
        if self.reader.lexicon.language != Language::De || numeral.plain || !stop {
            return None;
        }
        let (day, month) = self.reader.text(i).split_once('.')?;
        let short = day.len() < 3 && month.len() < 3;
        let parts = Parts { day: day.parse().ok()?, month: month.parse().ok()?, year: None, end: i + 2 };
        short.then_some(parts)
    }

    /// `del 3 al 5 de mayo`, `3-5 May`, `vom 3. bis 5. Mai`, `3 y 4 de mayo`.
    fn day_span(&self, i: usize) -> Option<Found> {
        let first = self.reader.numeral_at(i)?.day()?;
        let (at, listed) = self.joiner(self.past_ordinal(i + 1))?;
        let last = self.parts(at)?;
        if first >= last.day || listed && first + 1 != last.day {
            return None;
        }
        let (to, basis) = self.resolved(&last)?;
        let from = to.with_day(first)?;
        Some(Found { first: i, end: last.end, date: When::Day(from), to: Some(When::Day(to)), basis })
    }

    /// What ties two dates together, and whether it only lists them: a dash, `al`, `y`.
    fn joiner(&self, i: usize) -> Option<(usize, bool)> {
        let reader = self.reader;
        if !reader.same_line(i) {
            return None;
        }
        if reader.numeral_at(i).is_some() && reader.gap(i) == "-" {
            return Some((i, false));
        }
        let dash = matches!(reader.text(i), "-" | "–" | "—") && reader.glued(i) == reader.glued(i + 1);
        let next = if reader.is(i + 1, List::Article) { i + 2 } else { i + 1 };
        if dash {
            Some((i + 1, false))
        } else if reader.is(i, List::To) {
            Some((next, false))
        } else {
            reader.is(i, List::RangeAnd).then_some((next, true))
        }
    }

    /// A second whole date after the first: `del 28 de abril al 3 de mayo`, `entre 2007 y 2019`.
    fn to_the_second(&self, i: usize, date: Found) -> Found {
        let reader = self.reader;
        let before = if reader.after(i, List::Article) { i - 1 } else { i };
        let ties = self.joiner(date.end).filter(|(_, list)| !list || reader.after(before, List::Between));
        let Some((at, _)) = ties.filter(|_| date.to.is_none()) else { return date };
        let second = match date.date {
            When::Year(_) => self.second_year(at),
            _ => self.date(at),
        };
        match second {
            Some(second)
                if second.to.is_none() && like(date.date, second.date) && date.date < second.date =>
            {
                let basis = if second.basis == DateBasis::Resolved { second.basis } else { date.basis };
                Found { end: second.end, to: Some(second.date), basis, ..date }
            }
            _ => date,
        }
    }

    fn second_year(&self, at: usize) -> Option<Found> {
        let year = self.reader.numeral_at(at)?.year().filter(|_| self.ends_year(at + 1))?;
        let date = When::Year(year);
        Some(Found { first: at, end: at + 1, date, to: None, basis: DateBasis::Absolute })
    }

    /// A year alone: after a preposition, a word for year, or in brackets.
    fn year(&self, i: usize) -> Option<Found> {
        let reader = self.reader;
        let year = reader.numeral_at(i)?.year()?;
        let opening = i > 0 && reader.is_mark(i - 1, "(") && reader.glued(i);
        let closing = reader.is_mark(i + 1, ")") && reader.glued(i + 1);
        let after_article = reader.after(i, List::Article) && i > 1 && reader.after(i - 1, List::Year);
        let told = reader.after(i, List::Year) || opening || closing || after_article;
        if !told || !self.ends_year(i + 1) || self.counts(i + 1) || reader.glued(i) && !opening {
            return None;
        }
        let tied = matches!(reader.text(i + 1), "/" | ":") && reader.glued(i + 1);
        let date = When::Year(year);
        (!tied).then_some(Found { first: i, end: i + 1, date, to: None, basis: DateBasis::Absolute })
    }

    /// A noun after the number: `de 2000 personas`.
    fn counts(&self, at: usize) -> bool {
        // Where plurals do not show, `in 2019 ministers` and `im Jahr 2019 Minister` are years.
        let shows = !matches!(self.reader.lexicon.language, Language::En | Language::De | Language::It);
        shows && self.reader.noun(at).is_some()
    }

    /// A month with its year, or with the day after it.
    fn month(&self, i: usize) -> Option<Found> {
        if let Some(found) = self.month_first(i) {
            return Some(found);
        }
        let (month, end) = self.is_month(i, List::Month)?;
        let (year, end) = self.year_after(end)?;
        let date = When::Month(year, month);
        Some(Found { first: i, end, date, to: None, basis: DateBasis::Absolute })
    }

    /// `May 12`, `May 12-14, 2026`.
    fn month_first(&self, i: usize) -> Option<Found> {
        let reader = self.reader;
        if reader.lexicon.language != Language::En && !self.in_dateline(i) {
            return None;
        }
        let (month, end) = self.any_month(i)?;
        let end = if reader.is_mark(end, ".") && reader.glued(end) { end + 1 } else { end };
        let day = reader.numeral_at(end).filter(|_| reader.same_line(end))?.day()?;
        let last = self.joiner(end + 1).and_then(|(at, list)| {
            let last = reader.numeral_at(at)?.day()?;
            let month_next = self.any_month(at + 1).is_some();
            (last > day && !month_next && (!list || last == day + 1)).then_some((last, at + 1))
        });
        let after = last.map_or(end + 1, |(_, at)| at);
        let (year, after) = self.year_after(after).map_or((None, after), |(year, at)| (Some(year), at));
        let (from, basis) = self.resolved(&Parts { day, month, year, end: after })?;
        let to = last.and_then(|(last, _)| from.with_day(last)).map(When::Day);
        Some(Found { first: i, end: after, date: When::Day(from), to, basis })
    }

    /// `Lima, ago. 22 (Andinoticias)`, `CALAMA, julio 11 (`.
    fn in_dateline(&self, i: usize) -> bool {
        let reader = self.reader;
        let stop = usize::from(reader.is_mark(i + 1, "."));
        let number = reader.numeral_at(i + 1 + stop).is_some();
        number && i > 0 && reader.is_mark(i - 1, ",") && reader.is_mark(i + 2 + stop, "(")
    }

    /// `ayer`, `tomorrow`, `übermorgen`.
    fn relative(&self, i: usize) -> Option<Found> {
        let reader = self.reader;
        let (sense, end) = reader.find(i, List::Day).filter(|_| reader.is_plain(i))?;
        if reader.find(i, List::NoDay).is_some_and(|(_, other)| other >= end) {
            return None;
        }
        let published = self.published?;
        let days = sense.number as i64;
        if days == 1 && reader.after(i, List::Morning) {
            return None;
        }
        if reader.lexicon.language == Language::De
            && reader.atom(i)?.shape != Shape::Lower
            && !reader.is_plain(i)
        {
            return None;
        }
        let date = shifted(published, days)?;
        let same = reader.find(end, List::Weekday).filter(|(sense, _)| {
            sense.number as u32 == date.weekday().num_days_from_monday() && reader.same_line(end)
        });
        let end = same.map_or(end, |(_, end)| end);
        Some(Found { first: i, end, date: When::Day(date), to: None, basis: DateBasis::Resolved })
    }

    fn printed(&self, found: &Found) -> Option<DateMention> {
        let start = self.reader.atom(found.first)?.start;
        let end = self.reader.atom(found.end.checked_sub(1)?)?.end;
        let document = self.reader.document;
        Some(DateMention {
            start: document.char_at(start),
            end: document.char_at(end),
            text: document.text.get(start..end)?.to_owned(),
            date: found.date.iso(),
            to: found.to.map(When::iso),
            basis: found.basis,
        })
    }
}

/// The year in which the day falls on the day of the week, where the text has none.
fn with_weekday(found: Found, weekday: u32) -> Found {
    let (When::Day(day), DateBasis::Resolved) = (found.date, found.basis) else { return found };
    let years = [day.year(), day.year() - 1, day.year() + 1];
    let fitting =
        years.into_iter().filter_map(|year| day.with_year(year)).find(|day| fits(*day, weekday, day.day()));
    Found { date: When::Day(fitting.unwrap_or(day)), ..found }
}

fn like(a: When, b: When) -> bool {
    std::mem::discriminant(&a) == std::mem::discriminant(&b)
}

fn fits(date: NaiveDate, weekday: u32, day: u32) -> bool {
    date.day() == day && date.weekday().num_days_from_monday() == weekday
}

fn shifted(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    let distance = Days::new(days.unsigned_abs());
    if days < 0 { date.checked_sub_days(distance) } else { date.checked_add_days(distance) }
}
