//! Figures and dates of news copy in Spanish, French, English, Portuguese, Italian, German and Catalan.
//!
//! [`figures`] finds money (ISO 4217), percentages (`%`, `pp`), measures (UCUM) and counted things; [`dates`] finds
//! dates (ISO 8601). Both would rather say nothing than something wrong: a number that may be a score, a time of the day,
//! a number of a law, road or house, a year or a shirt is left out. Offsets are Unicode characters. The words are those of
//! `vocab/figures.tsv`, written for this; the codes are those of ISO 4217 and of UCUM 2.1.

mod atoms;
mod counts;
mod dates;
mod number;
mod units;

#[cfg(test)]
mod tests;

pub use dates::dates;
pub use units::{Language, Words};

use super::tokens::Document;
use atoms::{Kind, Reader};
use number::Amount;
use units::List;
use wiredesk_contract::enrichment::{Figure, FigureKind};

/// The figures of a text in order of their start, none within another; nothing where the language is none of the seven.
///
/// `language` is a tag such as `es` or `pt-BR`.
#[must_use]
pub fn figures(document: &Document<'_>, language: &str, words: &Words) -> Vec<Figure> {
    let Some(lexicon) = words.of(language) else { return Vec::new() };
    let reader = Reader::new(document, lexicon);
    let mut found = Vec::new();
    let mut i = 0;
    while i < reader.atoms.len() {
        if let Some(figure) = reader.figure(i) {
            let figure = reader.widened(i, figure);
            i = figure.end.max(i + 1);
            found.extend(reader.printed(figure));
        } else {
            i += 1;
        }
    }
    found
}

/// A figure in atoms.
#[derive(Clone, Debug)]
struct Found {
    first: usize,
    end: usize,
    kind: FigureKind,
    value: f64,
    to: Option<f64>,
    unit: Option<String>,
    scale: f64,
}

/// Numbers with a unit to come.
#[derive(Clone, Copy)]
struct Sum {
    low: Amount,
    high: Option<Amount>,
    end: usize,
    /// Ends of the range tied with a dash.
    dashed: bool,
}

impl Sum {
    fn last(&self) -> Amount {
        self.high.unwrap_or(self.low)
    }

    /// Above the thousands, where a noun needs `of`.
    fn great(&self) -> bool {
        self.last().scale >= 1e6
    }
}

/// What a number is a number of: kind, unit, the factor for the value, something to add, and the atom after it.
struct Unit {
    kind: FigureKind,
    code: Option<String>,
    factor: f64,
    plus: f64,
    end: usize,
}

impl Unit {
    fn new(kind: FigureKind, code: &str, end: usize) -> Self {
        Self { kind, code: (!code.is_empty()).then(|| code.to_owned()), factor: 1.0, plus: 0.0, end }
    }
}

impl Reader<'_, '_, '_> {
    /// The figure that begins at an atom.
    fn figure(&self, i: usize) -> Option<Found> {
        let atom = self.atom(i)?;
        if !matches!(atom.kind, Kind::Number(_)) && atom.entry.is_none() && !self.is_sign(i) {
            return None;
        }
        if self.is_sign(i) {
            let figure = self.unsigned(i + 1, true)?;
            let minus = !self.is_mark(i, "+");
            let value = if minus { -figure.value } else { figure.value };
            return figure.to.is_none().then_some(Found { first: i, value, ..figure });
        }
        self.unsigned(i, false)
    }

    /// A sign before figures, not a dash between words or numbers.
    fn is_sign(&self, i: usize) -> bool {
        let sign = self.atom(i).is_some_and(|a| a.kind == Kind::Mark)
            && matches!(self.text(i), "-" | "−" | "+" | "–");
        let number = self.numeral_at(i + 1).is_some() || self.is(i + 1, List::Before);
        let open = i == 0 || !self.glued(i) || self.is_mark(i - 1, "(");
        sign && number && self.glued(i + 1) && open
    }

    fn unsigned(&self, i: usize, signed: bool) -> Option<Found> {
        let (symbol, at) = match self.find(i, List::Before) {
            Some((sense, end)) if self.symbol(i, end) => (Some(&*sense.code), end),
            _ => (None, i),
        };
        if symbol.is_none() && (!signed && self.tied_before(i) || self.digits_follow(i)) {
            return None;
        }
        if let Some(found) = self.collective(at).filter(|_| symbol.is_none()) {
            return Some(found);
        }
        let sum = self.sum(at, symbol)?;
        if let Some(code) = symbol {
            return Some(found(i, &sum, self.priced(&sum, code)));
        }
        let unit = self.unit(i, &sum)?;
        Some(found(i, &sum, unit))
    }

    /// Is what stands before a number a currency? Codes of letters begin with a capital.
    fn symbol(&self, i: usize, end: usize) -> bool {
        let capital = !self.text(i).starts_with(char::is_lowercase);
        capital && self.numeral_at(end).is_some() && self.same_line(end)
    }

    /// The letters after money: `£14m`, `$2bn`.
    fn priced(&self, sum: &Sum, code: &str) -> Unit {
        let mut unit = Unit::new(FigureKind::Money, code, sum.end);
        if let Some((sense, end)) = self.find(sum.end, List::Letter).filter(|_| self.gap(sum.end).len() < 3) {
            unit.factor = sense.number;
            unit.end = end;
        }
        unit
    }

    /// A number, or two that are the ends of a range.
    fn sum(&self, i: usize, symbol: Option<&str>) -> Option<Sum> {
        let low = self.amount(i)?;
        let alone = Sum { low, high: None, end: low.end, dashed: false };
        if low.one {
            return Some(alone);
        }
        let between = self.after(self.before_article(i), List::Between)
            || symbol.is_some() && i > 1 && self.after(i - 1, List::Between);
        let dash = matches!(self.gap(low.end), "-" | "‐" | "‑") && self.numeral_at(low.end).is_some();
        let (at, dashed) = match low.end {
            at if dash => (at, true),
            at if self.is_dash(at) => (at + 1, true),
            at if !self.same_line(at) => return Some(alone),
            at if between && self.is(at, List::RangeAnd) || self.is(at, List::To) && !self.changes(i) => {
                (self.skip_article(at + 1), false)
            }
            _ => return Some(alone),
        };
        let at = match self.find(at, List::Before) {
            Some((sense, end)) if symbol == Some(&*sense.code) => end,
            _ => at,
        };
        let high = self.amount(at).filter(|high| !high.one && self.same_line(at));
        Some(high.filter(|high| ordered(&low, high)).map_or(alone, |high| Sum {
            low,
            high: Some(high),
            end: high.end,
            dashed,
        }))
    }

    /// `ha pasado de 19 a 31 euros`, `rose from 3 to 5 per cent`: no range, but a before and an after.
    fn changes(&self, i: usize) -> bool {
        self.after(i, List::Change)
            || (self.after(self.before_article(i), List::Of) || self.after(i, List::To))
                && (i.saturating_sub(7)..i).any(|at| self.is(at, List::Change))
    }

    /// A dash between two numbers, blanks on both sides or on none.
    fn is_dash(&self, at: usize) -> bool {
        let dash = self.atom(at).is_some_and(|a| a.kind == Kind::Mark)
            && matches!(self.text(at), "-" | "–" | "—" | "‑");
        dash && self.glued(at) == self.glued(at + 1) && self.same_line(at) && self.same_line(at + 1)
    }

    fn before_article(&self, i: usize) -> usize {
        if self.after(i, List::Article) { i - 1 } else { i }
    }

    fn skip_article(&self, i: usize) -> usize {
        if self.is(i, List::Article) && self.same_line(i + 1) { i + 1 } else { i }
    }

    /// The unit of a number that begins at an atom.
    fn unit(&self, i: usize, sum: &Sum) -> Option<Unit> {
        let at = sum.end;
        if !self.same_line(at) || self.atom(at).is_none() {
            return None;
        }
        if let Some(unit) = self.percentage(at) {
            return Some(unit);
        }
        if sum.low.one && sum.high.is_none() {
            return None;
        }
        if let Some(unit) = self.money(at, sum) {
            return Some(unit);
        }
        if self.labelled(i) {
            return None;
        }
        self.measure(i, at, sum).or_else(|| self.count(i, at, sum))
    }

    fn percentage(&self, at: usize) -> Option<Unit> {
        let unit = |code: &str, end| Unit::new(FigureKind::Percentage, code, end);
        if let Some((_, end)) = self.find(at, List::Point) {
            return Some(unit("pp", end));
        }
        if let Some((_, end)) = self.find(at, List::Basis) {
            return Some(Unit { factor: 0.01, ..unit("pp", end) });
        }
        self.find(at, List::Percent).map(|(_, end)| unit("%", end))
    }

    fn money(&self, at: usize, sum: &Sum) -> Option<Unit> {
        if let Some((letter, next)) = self.find(at, List::Letter)
            && let Some((sense, end)) = self.find(self.of(next), List::Currency)
        {
            return Some(Unit { factor: letter.number, ..Unit::new(FigureKind::Money, &sense.code, end) });
        }
        let at = if sum.great() { self.of(at) } else { at };
        if let Some((sense, end)) = self.find(at, List::Currency).filter(|_| self.coded(at)) {
            let unit = Unit::new(FigureKind::Money, &sense.code, end);
            return Some(self.halved(unit));
        }
        // `45p`, but not `9 p.m.`
        let (sense, end) = self.find(at, List::Cent)?;
        if sense.letter.is_some() && (!self.glued(at) || self.is_mark(end, ".") && self.glued(end + 1)) {
            return None;
        }
        Some(Unit { factor: 0.01, ..Unit::new(FigureKind::Money, &sense.code, end) })
    }

    /// Codes of three letters are printed in capitals: `EUR`, not `cad`.
    fn coded(&self, at: usize) -> bool {
        let code = |entry: &units::Entry| {
            let same = |sense: &&units::Sense| sense.list == List::Currency && sense.rest.is_empty();
            entry.senses.iter().find(same).is_some_and(|sense| sense.code.eq_ignore_ascii_case(self.text(at)))
        };
        let entry = self.atom(at).and_then(|atom| atom.entry);
        !entry.is_some_and(code) || self.text(at).chars().all(char::is_uppercase)
    }

    fn measure(&self, i: usize, at: usize, sum: &Sum) -> Option<Unit> {
        let at = if sum.great() { self.of(at) } else { at };
        let (sense, end) =
            self.find(at, List::Unit).or_else(|| self.find(self.adjectives(at), List::Unit))?;
        let elided = self.is_mark(end, "'") || self.is_mark(end, "’");
        if sense.letter.is_some() && elided && self.glued(end) {
            return None;
        }
        let clock = &*sense.code == "h" && self.is_clock(i, end, sum);
        let time = sense.letter.is_some() && (self.digits_tied(end) || self.in_time(i));
        // `en 2023 años después`: a year before a word for time.
        let year =
            sum.low.numeral.is_some_and(|numeral| numeral.year().is_some()) && self.after(i, List::Year);
        let dated = year && matches!(&*sense.code, "a" | "mo" | "wk" | "d" | "h" | "min" | "s");
        if clock || time || dated || self.is_auxiliary(i, end) {
            return None;
        }
        let mut unit = self.halved(Unit::new(FigureKind::Measure, &sense.code, end));
        if let Some((_, end)) = self.find(unit.end, List::Below).filter(|_| &*sense.code == "Cel") {
            (unit.factor, unit.end) = (-1.0, end);
        }
        Some(unit)
    }

    /// `14h 22m 10s`: the letters after times.
    fn in_time(&self, i: usize) -> bool {
        i > 1 && matches!(self.text(i - 1), "h" | "m" | "min" | "s") && self.numeral_at(i - 2).is_some()
    }

    /// `Ibex 35 ha tancat`: has, not hectares.
    fn is_auxiliary(&self, i: usize, end: usize) -> bool {
        let verb = matches!(self.lexicon.language, Language::Es | Language::Ca | Language::It | Language::Pt);
        let goes_on = self.is_word(end) && !self.is(end, List::Of) && !self.is(end, List::RangeAnd);
        verb && self.text(end - 1) == "ha" && (goes_on || self.named(i))
    }

    /// `dos años y medio`.
    fn halved(&self, unit: Unit) -> Unit {
        match self.find(unit.end, List::HalfAfter) {
            Some((_, end)) if self.same_line(unit.end) => Unit { plus: 0.5, end, ..unit },
            _ => unit,
        }
    }

    /// Hours that are a time of the day: `a las 20 horas`, `10.30 h`, `19h`, `de 9 à 18 heures`.
    fn is_clock(&self, i: usize, end: usize, sum: &Sum) -> bool {
        let short = sum.last().value <= 24.0 && sum.last().scale < 2.0;
        let time = |amount: &Amount| amount.numeral.is_some_and(|numeral| numeral.clock);
        let letter = self.text(end - 1).len() < 3;
        let before = self.after(i, List::Clock) || sum.high.is_some() && self.after(i, List::Of);
        time(&sum.low) || time(&sum.last()) || short && (letter || before)
    }

    /// Figures right after a unit: `14h 22m`, `90m2`.
    fn digits_tied(&self, at: usize) -> bool {
        self.glued(at) && self.atom(at).is_some_and(|atom| matches!(atom.kind, Kind::Number(_) | Kind::Label))
    }

    /// Does a label stand before a number: `artículo 155`, `km 34`, `m.78`, `Nr. 5`?
    fn labelled(&self, i: usize) -> bool {
        if i == 0 || !self.same_line(i) {
            return false;
        }
        let stop = self.is_mark(i - 1, ".")
            && (self.glued(i) || self.glued(i - 1) && self.after(i - 1, List::Label));
        stop || self.is(i - 1, List::Label) || self.is_mark(i - 1, "º") || self.is_mark(i - 1, "#")
    }

    /// Is a number tied to what stands before it: `2-1`, `A/4`?
    fn tied_before(&self, i: usize) -> bool {
        let Some(before) = i.checked_sub(1).and_then(|p| self.atom(p)) else { return false };
        let number = matches!(before.kind, Kind::Number(_) | Kind::Label | Kind::Date(..));
        let figures = self.numeral_at(i).is_some();
        match self.gap(i) {
            "-" | "‐" | "‑" => figures || number,
            "" => {
                let mark = matches!(
                    self.text(i - 1),
                    "/" | ":" | "-" | "–" | "#" | "+" | "×" | "." | "°" | "=" | "_" | "@"
                );
                let tied = mark && self.glued(i - 1) && i > 1;
                number || before.kind == Kind::Word || tied && figures
            }
            gap => number && figures && !gap.contains('\n'),
        }
    }

    /// Do further figures follow, as in a telephone number?
    fn digits_follow(&self, i: usize) -> bool {
        let figures = |at| {
            self.atom(at).is_some_and(|a| matches!(a.kind, Kind::Number(_) | Kind::Label | Kind::Date(..)))
        };
        self.numeral_at(i).is_some() && figures(i + 1) && !self.gap(i + 1).contains(['\n', '-'])
    }

    /// `between £10m and £12m`: two figures that are the ends of one range.
    fn widened(&self, i: usize, low: Found) -> Found {
        let between = self.after(self.before_article(i), List::Between);
        if low.to.is_some() || !between || !self.is(low.end, List::RangeAnd) || !self.same_line(low.end) {
            return low;
        }
        let at = self.skip_article(low.end + 1);
        match self.figure(at).filter(|high| self.same_line(at) && high.to.is_none()) {
            Some(high) if high.kind == low.kind && high.unit == low.unit => {
                let lower = low.scale < high.scale && low.value < high.value / high.scale;
                let value = if lower { low.value * high.scale / low.scale } else { low.value };
                if value < high.value {
                    return Found { value: rounded(value), to: Some(high.value), end: high.end, ..low };
                }
                low
            }
            _ => low,
        }
    }

    fn printed(&self, found: Found) -> Option<Figure> {
        let start = self.atom(found.first)?.start;
        let end = self.atom(found.end.checked_sub(1)?)?.end;
        Some(Figure {
            start: self.document.char_at(start),
            end: self.document.char_at(end),
            text: self.document.text.get(start..end)?.to_owned(),
            kind: found.kind,
            value: found.value,
            to: found.to,
            unit: found.unit,
        })
    }
}

/// A number with its unit.
fn found(first: usize, sum: &Sum, unit: Unit) -> Found {
    let low = match sum.high {
        // `10 to 12 million`: the scale is that of both ends.
        Some(high) if sum.low.scale < high.scale && sum.low.value < high.value / high.scale => {
            sum.low.value * high.scale
        }
        _ => sum.low.value,
    };
    let last = |value: f64| rounded(value * unit.factor + unit.plus);
    let (value, to) = match sum.high {
        // Below nought the greater number is the lower.
        Some(high) if unit.factor < 0.0 => (last(high.value), Some(last(low))),
        Some(high) => (rounded(low * unit.factor), Some(last(high.value))),
        None => (last(low), None),
    };
    let scale = sum.last().scale * unit.factor.abs();
    Found { first, end: unit.end, kind: unit.kind, value, to, unit: unit.code, scale }
}

/// Is the second number the greater, the scale of the second standing for both where the first has none?
fn ordered(low: &Amount, high: &Amount) -> bool {
    let base = high.value / high.scale;
    low.value < base || low.value < high.value && (low.scale > 1.0 || low.value >= 1000.0)
}

/// To twelve figures: 1.1 million is 1100000, not 1100000.0000000002.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let places = 11 - value.abs().log10().floor() as i32;
    if !(0..=15).contains(&places) {
        return if places < 0 { value.round() } else { value };
    }
    let power = 10_f64.powi(places);
    (value * power).round() / power
}
