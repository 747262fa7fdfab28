//! Words of a text as hashes: what two copies are compared by.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use crate::strip::fingerprint::{FNV_START, fnv_step};

/// A word: letters and digits. A separator inside a figure (`1,250.5`, `3-1`, `12:30`) does not end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Where it starts, in bytes of the text.
    pub(super) start: usize,
    /// Where it ends, in bytes of the text.
    pub(super) end: usize,
    /// Hash of its letters, small and without accents: a resend may have lost them.
    pub(super) hash: u64,
    /// What it looks like.
    pub(super) form: Form,
}

/// What a word looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// It starts with a digit.
    Figure,
    /// A capital and three letters or more, not at the start of a sentence.
    Name,
    /// Anything else.
    Plain,
}

/// Letters of a word from which a capital makes a name.
const NAME: usize = 3;

/// Calls `word` for each word of the text in order, and `letter` for each folded byte of it, and a space after each word.
pub(super) fn walk(text: &str, mut letter: impl FnMut(u8), mut word: impl FnMut(Word)) {
    let mut open: Option<Open> = None;
    // Does the next word open a sentence?
    let mut opens = true;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_ascii_alphanumeric() || (!c.is_ascii() && c.is_alphanumeric()) {
            let open = open.get_or_insert_with(|| Open::at(at, c, opens));
            opens = false;
            open.letters += 1;
            fold(c, |byte| {
                open.hash = fnv_step(open.hash, byte);
                letter(byte);
            });
            open.digit = c.is_ascii_digit();
            continue;
        }
        if let Some(open) = &mut open {
            let next = chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
            if open.digit && next && matches!(c, '.' | ',' | ':' | '/') {
                open.hash = fnv_step(open.hash, c as u8);
                letter(c as u8);
                continue;
            }
            if !c.is_ascii() && is_combining_mark(c) {
                continue;
            }
        }
        if let Some(open) = open.take() {
            letter(b' ');
            word(open.close(at));
        }
        match c {
            '.' | '!' | '?' | ':' | '\n' | '…' => opens = true,
            ' ' | '\t' | '"' | '\'' | '«' | '“' | '‘' | '(' | '¿' | '¡' | '-' | '–' | '—' => {}
            _ => opens = false,
        }
    }
    if let Some(open) = open {
        letter(b' ');
        word(open.close(text.len()));
    }
}

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    walk(text, |_| (), |word| found.push(word));
    found
}

/// A word that is being read.
struct Open {
    start: usize,
    hash: u64,
    letters: usize,
    capital: bool,
    figure: bool,
    opens: bool,
    /// Was the last character a digit?
    digit: bool,
}

impl Open {
    fn at(start: usize, first: char, opens: bool) -> Self {
        let (capital, figure) = (first.is_uppercase(), first.is_ascii_digit());
        Self { start, hash: FNV_START, letters: 0, capital, figure, opens, digit: false }
    }

    fn close(self, end: usize) -> Word {
        let form = match self {
            Self { figure: true, .. } => Form::Figure,
            Self { capital: true, opens: false, letters: NAME.., .. } => Form::Name,
            _ => Form::Plain,
        };
        Word { start: self.start, end, hash: self.hash, form }
    }
}

/// The bytes of a character in small letters, without its accents.
fn fold(c: char, mut byte: impl FnMut(u8)) {
    if c.is_ascii() {
        byte(c.to_ascii_lowercase() as u8);
        return;
    }
    for small in c.to_lowercase() {
        decompose_canonical(small, |part| {
            if !is_combining_mark(part) {
                part.encode_utf8(&mut [0; 4]).bytes().for_each(&mut byte);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, form: Form) -> Vec<&str> {
        words(text).iter().filter(|w| w.form == form).map(|w| &text[w.start..w.end]).collect()
    }

    #[test]
    fn figures_keep_their_separators() {
        let text = "El IPC subió un 2,4%, a 1.250,50 euros, a las 12:30. Son 3.";
        assert_eq!(all(text, Form::Figure), ["2,4", "1.250,50", "12:30", "3"]);
    }

    #[test]
    fn a_name_does_not_open_a_sentence() {
        let text = "Ayer Lucía Ferrán viajó a Bilbao. Mañana vuelve «La Unión».";
        assert_eq!(all(text, Form::Name), ["Lucía", "Ferrán", "Bilbao", "Unión"]);
    }

    #[test]
    fn case_accents_and_composition_make_no_other_word() {
        let hashes = |text: &str| words(text).iter().map(|w| w.hash).collect::<Vec<_>>();
        assert_eq!(hashes("El PRESIDENTE Ibáñez"), hashes("el presidente ibanez"));
        assert_eq!(hashes("Iba\u{301}n\u{303}ez"), hashes("Ibáñez"));
        assert_ne!(hashes("1.250"), hashes("12.50"));
    }
}
