//! The text once more, in atoms: tokens, but a numeral is one atom however many marks it has, and what a token
//! glues together (`90km`, `10-12`, `twenty-five`) is taken apart.

use std::borrow::Cow;

use super::super::tokens::{Document, Shape, Token, fold};
use super::number::{Lexed, Numeral, lex};
use super::units::{Entry, Lexicon, List, Sense};

/// What an atom is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A word.
    Word,
    /// A mark.
    Mark,
    /// A number in figures.
    Number(Numeral),
    /// Year, month and day in figures.
    Date(i32, u32, u32),
    /// Figures that say no number: a score, a time, the number of a law.
    Label,
}

/// A word, a mark or a numeral; offsets in bytes of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Atom<'w> {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The token that it begins in.
    pub token: usize,
    /// What it is.
    pub kind: Kind,
    /// How it is written.
    pub shape: Shape,
    /// Its readings in the word lists.
    pub entry: Option<&'w Entry>,
}

/// A text in atoms, with the words of its language.
pub(crate) struct Reader<'d, 't, 'w> {
    /// The text.
    pub document: &'d Document<'t>,
    /// The words of its language.
    pub lexicon: &'w Lexicon,
    /// The atoms in order.
    pub atoms: Vec<Atom<'w>>,
}

impl<'d, 't, 'w> Reader<'d, 't, 'w> {
    /// Takes a text apart.
    pub fn new(document: &'d Document<'t>, lexicon: &'w Lexicon) -> Self {
        let atoms = Vec::with_capacity(document.tokens.len() + 8);
        let mut reader = Self { document, lexicon, atoms };
        let mut read = 0;
        for (i, token) in document.tokens.iter().enumerate() {
            match token.shape {
                _ if token.start < read => {}
                Shape::Number => read = reader.numeral(i, token),
                Shape::Mark => reader.mark(i, token),
                _ => reader.word_token(i, token),
            }
        }
        reader
    }

    fn push(&mut self, start: usize, end: usize, token: usize, kind: Kind) {
        self.atoms.push(Atom { start, end, token, kind, shape: Shape::Number, entry: None });
    }

    fn mark(&mut self, i: usize, token: &Token<'_>) {
        // Most marks are stops and commas, which no list has.
        let entry = if matches!(token.text, "." | "," | "\"" | "(" | ")" | ":") {
            None
        } else {
            self.lexicon.get(&token.fold)
        };
        let (start, end, shape) = (token.start, token.end, token.shape);
        self.atoms.push(Atom { start, end, token: i, kind: Kind::Mark, shape, entry });
    }

    fn word_token(&mut self, i: usize, token: &Token<'_>) {
        let entry = self.lexicon.get(&token.fold);
        let head = token.fold.split_once(' ').map(|(head, _)| head).filter(|_| entry.is_none());
        let number = |entry: &Entry| entry.is(List::Number) || entry.is(List::One) || entry.is(List::Hundred);
        if head.and_then(|head| self.lexicon.get(head)).is_some_and(number) {
            self.parts(i, token.start, token.end);
        } else {
            let (start, end, shape) = (token.start, token.end, token.shape);
            self.atoms.push(Atom { start, end, token: i, kind: Kind::Word, shape, entry });
        }
    }

    /// The words between hyphens.
    fn parts(&mut self, token: usize, start: usize, end: usize) {
        let text = self.document.text.get(start..end).unwrap_or_default();
        let mut from = start;
        for part in text.split(['-', '‐', '‑']) {
            let at = part.as_ptr() as usize - text.as_ptr() as usize + start;
            from = from.max(at);
            if !part.is_empty() {
                let first = part.chars().next();
                let shape = match first {
                    Some(c) if c.is_uppercase() => Shape::Title,
                    Some(c) if c.is_alphabetic() => Shape::Lower,
                    _ => Shape::Mark,
                };
                let entry = self.lexicon.get(&fold(part));
                let kind = if first.is_some_and(char::is_numeric) { Kind::Label } else { Kind::Word };
                self.atoms.push(Atom { start: from, end: from + part.len(), token, kind, shape, entry });
            }
        }
    }

    /// Reads the figures that begin with a token; tells where they end.
    fn numeral(&mut self, i: usize, token: &Token<'_>) -> usize {
        let text = self.document.text;
        let lexed = lex(text, token.start, self.lexicon.language);
        let (end, mut last) = match lexed {
            Lexed::Label(end) => (end, Kind::Label),
            Lexed::Date(end, y, m, d) => (end, Kind::Date(y, m, d)),
            Lexed::One(end, numeral) => (end, Kind::Number(numeral)),
            Lexed::Two(middle, first, start, end, second) => {
                self.push(token.start, middle, i, Kind::Number(first));
                self.push(start, end, i, Kind::Number(second));
                (end, Kind::Mark)
            }
        };
        // The token in which the figures end, and what is left of it: `90km`, `22e`, `12-year-old`.
        let tokens = self.document.tokens.iter().enumerate().skip(i);
        let (holder, stop) = tokens
            .take_while(|(_, token)| token.start < end)
            .last()
            .map_or((i, end), |(k, token)| (k, token.end.max(end)));
        let left = text.get(end..stop).unwrap_or_default();
        if left.is_empty() {
            if last != Kind::Mark {
                self.push(token.start, end, i, last);
            }
            return end.max(token.end);
        }
        let folded = fold(left);
        if let (Kind::Number(numeral), Some(true)) =
            (&mut last, self.lexicon.get(&folded).map(|entry| entry.is(List::Ordinal)))
        {
            numeral.ordinal = true;
            self.push(token.start, stop, i, last);
            return stop;
        }
        let glued = left.starts_with(['-', '‐', '‑']);
        let known = glued || self.lexicon.get(&folded).is_some();
        if !known {
            // `4x4`, `1920er`: no number.
            if last == Kind::Mark {
                self.atoms.pop();
            }
            self.push(token.start, stop, i, Kind::Label);
            return stop;
        }
        if last != Kind::Mark {
            self.push(token.start, end, i, last);
        }
        self.parts(holder, end, stop);
        stop
    }

    /// An atom.
    pub fn atom(&self, i: usize) -> Option<&Atom<'w>> {
        self.atoms.get(i)
    }

    /// An atom as printed.
    pub fn text(&self, i: usize) -> &'t str {
        self.atom(i).and_then(|atom| self.document.text.get(atom.start..atom.end)).unwrap_or_default()
    }

    /// An atom, folded.
    pub fn folded(&self, i: usize) -> Cow<'d, str> {
        let Some(atom) = self.atom(i) else { return Cow::Borrowed("") };
        match self.document.tokens.get(atom.token) {
            Some(token) if token.start == atom.start && token.end == atom.end => {
                Cow::Borrowed(token.fold.as_str())
            }
            _ => Cow::Owned(fold(self.text(i))),
        }
    }

    /// The numeral at an atom.
    pub fn numeral_at(&self, i: usize) -> Option<&Numeral> {
        match self.atom(i).map(|atom| &atom.kind) {
            Some(Kind::Number(numeral)) => Some(numeral),
            _ => None,
        }
    }

    /// What stands between an atom and the one before it.
    pub fn gap(&self, i: usize) -> &'t str {
        match (i.checked_sub(1).and_then(|p| self.atom(p)), self.atom(i)) {
            (Some(a), Some(b)) => self.document.text.get(a.end..b.start).unwrap_or_default(),
            _ => "",
        }
    }

    /// Does nothing stand between an atom and the one before it?
    pub fn glued(&self, i: usize) -> bool {
        i > 0 && self.gap(i).is_empty()
    }

    /// Does an atom go on the line of the one before it?
    pub fn same_line(&self, i: usize) -> bool {
        !self.gap(i).contains('\n')
    }

    /// Is an atom, alone, in a list?
    pub fn is(&self, i: usize, list: List) -> bool {
        self.atom(i).and_then(|atom| atom.entry).is_some_and(|entry| entry.is(list))
    }

    /// Is the atom before this one, on the same line, in a list?
    pub fn after(&self, i: usize, list: List) -> bool {
        i > 0 && self.is(i - 1, list) && self.same_line(i)
    }

    /// Is an atom this mark?
    pub fn is_mark(&self, i: usize, mark: &str) -> bool {
        self.atom(i).is_some_and(|atom| atom.kind == Kind::Mark) && self.text(i) == mark
    }

    /// The longest phrase of a list that begins at an atom, and the atom after it.
    pub fn find(&self, i: usize, list: List) -> Option<(&'w Sense, usize)> {
        let atom = self.atom(i)?;
        let sense = atom.entry?.senses.iter().find(|sense| sense.list == list && self.matches(i, sense))?;
        Some((sense, i + 1 + sense.rest.len()))
    }

    fn matches(&self, i: usize, sense: &Sense) -> bool {
        if sense.letter.is_some_and(|letter| !self.text(i).chars().eq([letter])) {
            return false;
        }
        sense.rest.iter().enumerate().all(|(k, (blank, word))| {
            let at = i + 1 + k;
            self.glued(at) != *blank && self.same_line(at) && self.folded(at) == **word
        })
    }

    /// Is a word written as one within a sentence is: small, or with a capital at the beginning of it?
    pub fn is_plain(&self, i: usize) -> bool {
        self.atom(i).is_some_and(|atom| match atom.shape {
            Shape::Lower => true,
            Shape::Title => {
                self.document.tokens.get(atom.token).is_some_and(|t| t.first && t.start == atom.start)
            }
            _ => false,
        })
    }
}
