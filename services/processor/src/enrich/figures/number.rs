//! Reading numbers: figures with the separators of a language, number words, scales.

use super::atoms::Reader;
use super::units::{Language, List};

/// A number in figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Numeral {
    /// Its value.
    pub value: f64,
    /// The value if the comma before three figures parts thousands, as in Mexico.
    pub thousands: Option<f64>,
    /// Figures only, without separators.
    pub plain: bool,
    /// No decimals.
    pub whole: bool,
    /// May be a time of the day: `10.30`.
    pub clock: bool,
    /// Begins with a nought that says nothing: `05`.
    pub padded: bool,
    /// Has the ending of an ordinal.
    pub ordinal: bool,
    /// How many figures a plain one has.
    pub digits: u8,
}

impl Numeral {
    /// A year from 1900 to 2100.
    pub fn year(&self) -> Option<i32> {
        let year = self.plain && self.digits == 4 && !self.ordinal && (1900.0..=2100.0).contains(&self.value);
        year.then_some(self.value as i32)
    }

    /// A day of a month.
    pub fn day(&self) -> Option<u32> {
        let day = self.plain && self.digits < 3 && (1.0..=31.0).contains(&self.value);
        day.then_some(self.value as u32)
    }
}

/// What figures were read as, with the byte after them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lexed {
    /// No number.
    Label(usize),
    /// A date: year, month, day.
    Date(usize, i32, u32, u32),
    /// A number.
    One(usize, Numeral),
    /// Two numbers with a hyphen between: the end of the first, the first, the start and end of the second, the second.
    Two(usize, Numeral, usize, usize, Numeral),
}

/// A run of figures and the separator before it.
#[derive(Clone, Copy, Default)]
struct Group<'t> {
    separator: char,
    figures: &'t str,
}

/// Up to eight groups: more is no number.
#[derive(Default)]
struct Groups<'t> {
    groups: [Group<'t>; 8],
    count: usize,
}

impl<'t> Groups<'t> {
    fn push(&mut self, separator: char, figures: &'t str) {
        if let Some(place) = self.groups.get_mut(self.count) {
            *place = Group { separator, figures };
        }
        self.count += 1;
    }

    fn all(&self) -> &[Group<'t>] {
        self.groups.get(..self.count).unwrap_or_default()
    }
}

const HYPHENS: [char; 3] = ['-', '‐', '‑'];

/// Reads the figures at a byte.
pub(crate) fn lex(text: &str, start: usize, language: Language) -> Lexed {
    let (first_end, first) = groups(text, start, language);
    let rest = text.get(first_end..).unwrap_or_default();
    if let Some(end) = clock(rest, &first) {
        return Lexed::Label(first_end + end);
    }
    let Some((connector, next)) = connected(text, first_end) else {
        return alone(first_end, &first, language);
    };
    let (second_end, second) = groups(text, next, language);
    let third = connected(text, second_end);
    if third.is_none() && HYPHENS.contains(&connector) {
        return match (alone(first_end, &first, language), alone(second_end, &second, language)) {
            (Lexed::One(middle, a), Lexed::One(end, b)) => Lexed::Two(middle, a, next, end, b),
            _ => Lexed::Label(second_end),
        };
    }
    let Some((again, next)) = third else { return Lexed::Label(second_end) };
    let (mut end, last) = groups(text, next, language);
    let mut more = false;
    while let Some((_, next)) = connected(text, end) {
        end = groups(text, next, language).0;
        more = true;
    }
    let date = || {
        let [a, b, c] = [&first, &second, &last].map(|groups| plain(groups));
        (again == connector && connector != ':' && !more)
            .then(|| numeric_date(a?, b?, c?, language))
            .flatten()
    };
    date().map_or(Lexed::Label(end), |(y, m, d)| Lexed::Date(end, y, m, d))
}

fn plain<'t>(groups: &Groups<'t>) -> Option<&'t str> {
    match groups.all() {
        [group] => Some(group.figures),
        _ => None,
    }
}

/// The rest of `14h30` and of `90+4`.
fn clock(rest: &str, first: &Groups<'_>) -> Option<usize> {
    plain(first)?;
    let tail = rest.strip_prefix(['h', 'H', '+'])?;
    let minutes = figures(tail, 0);
    (minutes > 0).then_some(1 + minutes)
}

/// A mark that ties numbers together, and the byte of the number after it.
fn connected(text: &str, at: usize) -> Option<(char, usize)> {
    let mut chars = text.get(at..)?.chars();
    let mark = chars.next().filter(|c| matches!(c, ':' | '/') || HYPHENS.contains(c))?;
    chars.next()?.is_ascii_digit().then_some((mark, at + mark.len_utf8()))
}

/// The byte after the figures at a byte.
fn figures(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes().get(at..).unwrap_or_default();
    at + bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Figures and the separators between them.
fn groups(text: &str, start: usize, language: Language) -> (usize, Groups<'_>) {
    let mut groups = Groups::default();
    let mut end = figures(text, start);
    groups.push(' ', text.get(start..end).unwrap_or_default());
    while let Some(separator) = text.get(end..).and_then(|rest| rest.chars().next()) {
        let from = end + separator.len_utf8();
        let to = figures(text, from);
        let digits = text.get(from..to).unwrap_or_default();
        if digits.is_empty() || !joins(separator, digits, &groups, language) {
            break;
        }
        // A blank parts thousands only where nothing else is tied to the figures after it.
        let blank = separator.is_whitespace();
        let tied = text
            .get(to..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(|c| c.is_alphabetic() || c == '/');
        if blank && tied {
            break;
        }
        groups.push(separator, digits);
        end = to;
    }
    (end, groups)
}

fn joins(separator: char, digits: &str, before: &Groups<'_>, language: Language) -> bool {
    let three = digits.len() == 3;
    let head = before.all().first().map_or("", |group| group.figures);
    let grouped = three && (1..=3).contains(&head.len()) && !head.starts_with('0');
    let like = before.all().iter().skip(1).all(|group| group.separator == separator);
    match separator {
        '.' => true,
        ',' => language != Language::En || three,
        ' ' => grouped && like && language != Language::En,
        '\'' | '’' | '\u{a0}' | '\u{202f}' | '\u{2009}' => grouped && like,
        _ => false,
    }
}

/// Figures that nothing is tied to.
fn alone(end: usize, groups: &Groups<'_>, language: Language) -> Lexed {
    if let [a, b, c] = groups.all()
        && b.separator == '.'
        && c.separator == '.'
        && let Some((y, m, d)) = numeric_date(a.figures, b.figures, c.figures, language)
    {
        return Lexed::Date(end, y, m, d);
    }
    numeral(groups, language).map_or(Lexed::Label(end), |numeral| Lexed::One(end, numeral))
}

/// The value of figures; separators are judged by language and shape.
fn numeral(groups: &Groups<'_>, language: Language) -> Option<Numeral> {
    let all = groups.all();
    let (head, tail) = all.split_first()?;
    let last = tail.last();
    let grouped = |groups: &[Group<'_>]| {
        (1..=3).contains(&head.figures.len())
            && !head.figures.starts_with('0')
            && groups.iter().all(|group| group.figures.len() == 3)
    };
    let same = |groups: &[Group<'_>]| {
        groups.windows(2).all(|pair| matches!(pair, [a, b] if a.separator == b.separator))
    };
    let decimal = match (tail, last) {
        ([], _) | (_, None) => false,
        ([only], _) => match only.separator {
            '.' => language == Language::En || !grouped(tail),
            ',' => language != Language::En,
            _ => false,
        },
        (_, Some(last)) => !same(tail) && matches!(last.separator, '.' | ','),
    };
    let whole_part = if decimal { tail.split_last().map_or(tail, |(_, rest)| rest) } else { tail };
    if !(whole_part.is_empty() || grouped(whole_part) && same(whole_part)) {
        return None;
    }
    let fraction = last.filter(|_| decimal).map_or("", |group| group.figures);
    let mut written: String = head.figures.to_owned();
    written.extend(whole_part.iter().map(|group| group.figures));
    if written.len() + fraction.len() > 15 {
        return None;
    }
    let separator = last.map(|group| group.separator);
    let mexican =
        decimal && language == Language::Es && separator == Some(',') && tail.len() == 1 && grouped(tail);
    let thousands = mexican.then(|| format!("{written}{fraction}").parse().ok()).flatten();
    let clock = separator == Some('.') && fraction.len() == 2 && is_time(head.figures, fraction);
    if !fraction.is_empty() {
        written.push('.');
        written.push_str(fraction);
    }
    Some(Numeral {
        value: written.parse().ok()?,
        thousands,
        plain: tail.is_empty(),
        whole: fraction.is_empty(),
        clock,
        padded: head.figures.len() > 1 && head.figures.starts_with('0'),
        ordinal: false,
        digits: u8::try_from(head.figures.len()).unwrap_or(u8::MAX),
    })
}

fn is_time(hours: &str, minutes: &str) -> bool {
    hours.parse::<u8>().is_ok_and(|hours| hours < 25)
        && minutes.parse::<u8>().is_ok_and(|minutes| minutes < 60)
}

/// `2026-05-12`, or day and month before the year. In English both orders are about: only what reads one way counts.
fn numeric_date(a: &str, b: &str, c: &str, language: Language) -> Option<(i32, u32, u32)> {
    let number = |text: &str| text.parse::<u32>().ok();
    let (first, second, third) = (number(a)?, number(b)?, number(c)?);
    let days = |day: u32, month: u32| (1..=31).contains(&day) && (1..=12).contains(&month);
    let years = |year: u32| (1900..=2100).contains(&year);
    if a.len() == 4 && b.len() == 2 && c.len() == 2 {
        return (years(first) && days(third, second)).then_some((i32::try_from(first).ok()?, second, third));
    }
    let year = match c.len() {
        2 if a.len() == 2 && b.len() == 2 && third < 50 => 2000 + third,
        4 => third,
        _ => return None,
    };
    if a.len() > 2 || b.len() > 2 || !years(year) {
        return None;
    }
    let (day, month) = match (days(first, second), days(second, first)) {
        (true, true) if language == Language::En && first != second => return None,
        (true, _) => (first, second),
        (false, true) if language == Language::En => (second, first),
        _ => return None,
    };
    Some((i32::try_from(year).ok()?, month, day))
}

/// A number of any writing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Amount {
    /// Its value.
    pub value: f64,
    /// The atom after it.
    pub end: usize,
    /// The scale that its last part was multiplied by, or 1.
    pub scale: f64,
    /// It is one, or an article.
    pub one: bool,
    /// In figures, where no scale follows.
    pub numeral: Option<Numeral>,
}

/// A part of a number below its scale.
#[derive(Clone, Copy)]
struct Part {
    value: f64,
    end: usize,
    one: bool,
    half: bool,
    numeral: Option<Numeral>,
}

impl Reader<'_, '_, '_> {
    /// The number that begins at an atom.
    pub fn amount(&self, i: usize) -> Option<Amount> {
        let first = self.part(i)?;
        let mut amount =
            Amount { value: first.value, end: first.end, scale: 1.0, one: first.one, numeral: first.numeral };
        let (mut part, mut total) = (first, 0.0);
        // `2 mil 300 millones`: each part with its scale, a greater scale multiplies all before it.
        for _ in 0..4 {
            let (half, after_half) = self.half(part.end);
            let scaled = self.scale(part.end).map(|found| (found, 0.0)).or_else(|| {
                let found = self.scale(after_half).filter(|_| half > 0.0)?;
                Some((found, half))
            });
            let Some(((scale, end), half)) = scaled else {
                if total > 0.0 {
                    total += part.value;
                    (amount.value, amount.end) = (total, part.end);
                }
                break;
            };
            let value = part.value + half;
            total = if scale > amount.scale && total > 0.0 {
                (total + value) * scale
            } else {
                total + value * scale
            };
            let (extra, end) = match self.half(end) {
                (half, after) if half > 0.0 => (half * scale, after),
                _ => (0.0, end),
            };
            total += extra;
            amount = Amount { value: total, end, scale, one: false, numeral: None };
            let next = self.part(end).filter(|next| self.goes_on(next, end, scale));
            let Some(next) = next.or_else(|| self.linked_part(i, end, scale)) else { break };
            part = next;
        }
        let alone = amount.scale == 1.0;
        (!(alone && (first.half || first.end == i))).then_some(amount)
    }

    /// Portuguese `cinco mil e 200`, Italian `un milione e centomila`; not the second end of a range.
    fn linked_part(&self, i: usize, end: usize, scale: f64) -> Option<Part> {
        let links = matches!(self.lexicon.language, Language::Pt | Language::It);
        if !links || !self.is(end, List::RangeAnd) || !self.same_line(end) {
            return None;
        }
        let range = self.after(i, List::Between) || i > 1 && self.after(i - 1, List::Between);
        let next = self.part(end + 1).filter(|next| !range && self.goes_on(next, end + 1, scale))?;
        (scale > 1000.0 || self.scale(next.end).is_none()).then_some(next)
    }

    /// May a part follow a scale? `2 mil 300`, `dos mil quinientos`, `un millón 200 mil`.
    fn goes_on(&self, next: &Part, end: usize, scale: f64) -> bool {
        let figures = next.numeral.is_some();
        let below = next.value < scale && (next.value < 1000.0 || !figures);
        let small = below && !next.one && !next.half && (next.end > end || scale > 1000.0);
        let plain = next.numeral.is_none_or(|numeral| numeral.plain && !numeral.padded);
        // A number after a million without thousands of its own is another number.
        let thousands = next.value >= 1000.0 || self.scale(next.end).is_some();
        small
            && plain
            && self.same_line(end)
            && (scale == 1000.0 || thousands)
            && (!figures || self.numbers_mix())
    }

    fn numbers_mix(&self) -> bool {
        matches!(self.lexicon.language, Language::Es | Language::Pt)
    }

    fn half(&self, i: usize) -> (f64, usize) {
        self.find(i, List::HalfAfter).filter(|_| self.same_line(i)).map_or((0.0, i), |(_, end)| (0.5, end))
    }

    /// The scale at an atom; the stop of `Mio.` belongs to it.
    fn scale(&self, i: usize) -> Option<(f64, usize)> {
        let (sense, end) = self.find(i, List::Scale).filter(|_| self.same_line(i))?;
        let stop = self.is_mark(end, ".") && self.glued(end) && self.same_line(end + 1);
        let goes_on = stop && self.find(end + 1, List::Currency).is_some();
        Some((sense.number, if goes_on { end + 1 } else { end }))
    }

    fn part(&self, i: usize) -> Option<Part> {
        if let Some(numeral) = self.numeral_at(i) {
            let number = !numeral.ordinal && !numeral.padded;
            return number.then_some(Part {
                value: numeral.value,
                end: i + 1,
                one: false,
                half: false,
                numeral: Some(*numeral),
            });
        }
        let part =
            |value: f64, end: usize, one: bool, half: bool| Part { value, end, one, half, numeral: None };
        let entry = self.atom(i)?.entry?;
        if !self.is_plain(i) {
            return None;
        }
        if let Some((value, end)) = self.cardinal(i) {
            return Some(part(value, end, false, false));
        }
        if let Some((_, end)) = self.find(i, List::HalfOf) {
            return Some(part(0.5, end, false, true));
        }
        if entry.is(List::Bare) {
            return Some(part(1.0, i, false, false));
        }
        entry.is(List::One).then(|| part(1.0, i + 1, true, false))
    }

    /// Number words: `ciento treinta y dos`, `two hundred and fifty`, `quatre-vingt-dix`.
    fn cardinal(&self, i: usize) -> Option<(f64, usize)> {
        let mut sum = 0.0;
        let mut end = i;
        loop {
            let linked = end > i && self.is(end, List::And) && self.may_link(sum);
            let at = if linked { end + 1 } else { end };
            if end > i && !self.same_line(at) {
                break;
            }
            let tied = linked || matches!(self.gap(at), "-" | "‐" | "‑");
            if let Some(next) = self.joined(sum, at, end == i, tied) {
                (sum, end) = (next, at + 1);
            } else {
                break;
            }
        }
        (end > i).then_some((sum, end))
    }

    /// What a number word makes of the sum before it.
    fn joined(&self, sum: f64, at: usize, first: bool, tied: bool) -> Option<f64> {
        if self.is(at, List::Hundred) {
            let alone = self.lexicon.language != Language::En;
            return match sum {
                0.0 if alone => Some(100.0),
                _ if (1.0..10.0).contains(&sum) => Some(sum * 100.0),
                _ => None,
            };
        }
        let one = !first && tied && self.is(at, List::One);
        let value = if one { 1.0 } else { self.number(at)? };
        let (tens, units) = (sum % 100.0, sum % 10.0);
        let french = self.lexicon.language == Language::Fr;
        let fits = first
            || sum >= 100.0 && tens == 0.0 && value < 100.0
            || tens >= 20.0 && units == 0.0 && value < 10.0
            || french && tens == 10.0 && (7.0..10.0).contains(&value)
            || french && (tens == 60.0 || tens == 80.0) && (10.0..17.0).contains(&value);
        if french && tens == 4.0 && value == 20.0 {
            return Some(sum + 76.0);
        }
        (fits && sum < 1000.0).then_some(sum + value)
    }

    fn number(&self, at: usize) -> Option<f64> {
        let senses = &self.atom(at)?.entry?.senses;
        let number = senses.iter().find(|sense| sense.list == List::Number && sense.rest.is_empty())?;
        Some(number.number)
    }

    /// May a word for `and` stand within a number here? Where it may not, it lists or ends a range.
    fn may_link(&self, sum: f64) -> bool {
        match self.lexicon.language {
            Language::En => sum >= 100.0,
            Language::Pt => true,
            _ => sum % 100.0 >= 20.0 && sum % 10.0 == 0.0,
        }
    }
}
