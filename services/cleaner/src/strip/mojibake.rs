//! UTF-8 that somebody read as Windows-1252 or Latin-1 (`Ã©` for `é`), mended only where it is sure.
//!
//! A run of characters is mended where its bytes are whole, well-formed UTF-8 of two bytes and more and what comes out are
//! letters, figures' signs or punctuation of the scripts that are written; the characters around it stay. Text that is
//! right as it is does not have such runs: `Ã` before a control or a sign (`Ã©`) is no word of any language.

use std::borrow::Cow;

/// Most rounds: text that went wrong three times is seen in the wild, more is not.
const ROUNDS: usize = 3;

/// Mends the runs that are sure.
pub(crate) fn mend(text: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(text);
    for _ in 0..ROUNDS {
        match once(&out) {
            Some(mended) => out = Cow::Owned(mended),
            None => break,
        }
    }
    out
}

fn once(text: &str) -> Option<String> {
    // The first bytes of two, three and four that UTF-8 has, as Windows-1252 shows them.
    if !text.contains(['Ã', 'Â', 'Å', 'Ä', 'Ð', 'Ñ', 'Î', 'Ï', 'â', 'ð', 'Ø', 'Ù', 'Ç', 'È', 'É', 'Ê', 'Ë']) {
        return None;
    }
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let (mut at, mut mended) = (0, false);
    while let Some(c) = chars.get(at) {
        match run(chars.get(at..).unwrap_or_default()) {
            Some((length, found)) => {
                out.push(found);
                at += length;
                mended = true;
            }
            None => {
                out.push(*c);
                at += 1;
            }
        }
    }
    mended.then_some(out)
}

/// The character that the first few stand for, and how many they are.
fn run(chars: &[char]) -> Option<(usize, char)> {
    let first = byte(*chars.first()?)?;
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let bytes: Vec<u8> = chars.get(..length)?.iter().map(|c| byte(*c)).collect::<Option<_>>()?;
    let found = std::str::from_utf8(&bytes).ok()?.chars().next()?;
    sure(first, chars.get(1..length)?, found).then_some((length, found))
}

/// Is it more than chance that these characters make one? Of two bytes, the second must be no letter (but the few that
/// stand for `ž`, `œ` and their kin) and what comes out must be Latin, Greek, Cyrillic, Arabic, Hebrew or a sign of
/// Latin-1; longer runs are never chance.
fn sure(first: u8, rest: &[char], found: char) -> bool {
    if rest.len() > 1 {
        // `â€™`, `â‚¬`; never a run of three letters, such as `ëòó`.
        return rest.iter().any(|c| !c.is_alphabetic());
    }
    let letter = rest.iter().any(|c| c.is_alphabetic() && !matches!(c, 'ª' | 'º' | 'µ'));
    match first {
        // `Â` before a sign of Latin-1: `Â«`, `Â°`, `Â` before a no-break space.
        0xc2 => !letter,
        // Latin: `Ã©`. `Ã` alone before letters that are Windows-1252's own (`Ãœ` for `Ü`) is as sure.
        0xc3 => !letter || matches!(rest.first(), Some('œ' | 'š' | 'ž' | 'Š' | 'Œ' | 'Ž' | 'Ÿ' | 'ƒ')),
        0xc4 | 0xc5 => !letter && found.is_alphabetic(),
        0xce..=0xd1 | 0xd7..=0xd9 => !letter && found.is_alphabetic(),
        _ => false,
    }
}

/// The byte that Windows-1252 or, where that has none, Latin-1 shows as this character.
fn byte(c: char) -> Option<u8> {
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    match u32::from(c) {
        code @ 0x80..=0xff => u8::try_from(code).ok(),
        0..=0x7f => None,
        _ => HIGH.chars().position(|h| h == c).and_then(|at| u8::try_from(0x80 + at).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sure_runs_are_mended() {
        for (given, wanted) in [
            ("EspaÃ±a aprobÃ³", "España aprobó"),
            ("dijo â€œsÃ\u{ad}â€\u{9d}", "dijo “sí”"),
            ("lâ€™Ã©tÃ©", "l’été"),
            ("1.000 â‚¬ â€“ hoy", "1.000 € – hoy"),
            ("Â«asÃ\u{ad}Â»", "«así»"),
            ("aÂ\u{a0}b", "a\u{a0}b"),
            ("EspaÃƒÂ±a", "España"),
            ("ÃœbermÃ¼tig", "Übermütig"),
            ("Ã€ Paris", "À Paris"),
            // One letter is mended though another word of the line is right.
            ("El niÃ±o y la niña", "El niño y la niña"),
        ] {
            assert_eq!(mend(given), wanted, "{given:?}");
        }
    }

    #[test]
    fn what_is_right_stays() {
        for text in [
            "Ã fica", "SÃO PAULO", "Ângela", "CORAÇÃO", "Âge", "NOËL", "Ñandú", "À Évry", "ÉTÉ", "«Ä»", "Île-de-France",
            "AMANHÃ: sessão", "À LA UNE", "château “Â”", "Ðorđe", "fañ®", "Ø 12", "Ñ.", "À.", "IRMÃ’S", "â€", "Ã",
            "MAÇÃ, LÃ, ROMÃ.", "“AMANHÔ", "‘LÃ’",
        ] {
            assert_eq!(mend(text), text);
        }
    }
}
