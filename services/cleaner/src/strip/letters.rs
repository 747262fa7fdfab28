//! Kinds of characters by one look at a table. The tables of the standard library are packed, and every character of a
//! page is asked for several times.

use std::sync::LazyLock;

const ALPHANUMERIC: u8 = 1;
const UPPER: u8 = 1 << 1;
const NUMERIC: u8 = 1 << 2;

/// One byte for each character of the basic plane.
static KINDS: LazyLock<Vec<u8>> =
    LazyLock::new(|| (0..=0xffffu32).map(|code| char::from_u32(code).map_or(0, kind)).collect());

fn kind(c: char) -> u8 {
    let flag = |yes: bool, bit: u8| if yes { bit } else { 0 };
    flag(c.is_alphanumeric(), ALPHANUMERIC) | flag(c.is_uppercase(), UPPER) | flag(c.is_numeric(), NUMERIC)
}

fn look(c: char) -> u8 {
    KINDS.get(c as usize).copied().unwrap_or_else(|| kind(c))
}

/// As [`char::is_alphanumeric`].
pub(crate) fn alphanumeric(c: char) -> bool {
    look(c) & ALPHANUMERIC != 0
}

/// As [`char::is_uppercase`].
pub(crate) fn upper(c: char) -> bool {
    look(c) & UPPER != 0
}

/// As [`char::is_numeric`].
pub(crate) fn numeric(c: char) -> bool {
    look(c) & NUMERIC != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_agrees_with_the_standard_library() {
        for c in '\0'..=char::MAX {
            assert_eq!(alphanumeric(c), c.is_alphanumeric());
            assert_eq!(upper(c), c.is_uppercase());
            assert_eq!(numeric(c), c.is_numeric());
        }
    }
}
