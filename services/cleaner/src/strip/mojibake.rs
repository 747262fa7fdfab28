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

/// How sure it is that a run is one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sure {
    /// Whatever stands around it.
    Yes,
    /// Only beside another that is sure: `Ã”` may be `Ô`, or the end of a word in capitals and a quotation mark.
    Beside,
}

fn once(text: &str) -> Option<String> {
    // A first byte of several, as Windows-1252 shows it, and no ASCII behind: nearly all text has none.
    // In UTF-8 these are C3 82 to C3 B4.
    let first = |at: usize| {
        text.as_bytes().get(at..at + 3).is_some_and(|b| b[1] <= 0xb4 && b[1] >= 0x82 && b[2] >= 0x80)
    };
    if !memchr::memchr_iter(0xc3, text.as_bytes()).any(first) {
        return None;
    }
    let chars: Vec<char> = text.chars().collect();
    let mut found: Vec<(usize, usize, char, Sure)> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at)).copied();
        match run(chars.get(at..).unwrap_or_default(), before) {
            Some((length, c, sure)) => {
                found.push((at, length, c, sure));
                at += length;
            }
            None => at += 1,
        }
    }
    // A text in another script has no sign of Latin that would be sure: three long runs are.
    let long = found.iter().filter(|(_, length, ..)| *length > 2).count();
    if long < 3 && !found.iter().any(|(.., sure)| *sure == Sure::Yes) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, length, c, _) in found {
        out.extend(chars.get(from..at).unwrap_or_default());
        out.push(c);
        from = at + length;
    }
    out.extend(chars.get(from..).unwrap_or_default());
    Some(out)
}

/// How many of the first characters stand for one, and which.
fn run(chars: &[char], before: Option<char>) -> Option<(usize, char, Sure)> {
    let first = byte(*chars.first()?)?;
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let bytes: Vec<u8> = chars.get(..length)?.iter().map(|c| byte(*c)).collect::<Option<_>>()?;
    let found = std::str::from_utf8(&bytes).ok()?.chars().next()?;
    sure(first, chars.get(1..length)?, found, before).map(|sure| (length, found, sure))
}

/// Of two, the second must be no letter, and what comes out Latin, Greek, Cyrillic, Hebrew, Arabic or a sign of Latin-1;
/// of three, typographic signs are sure, and of four, pictures.
fn sure(first: u8, rest: &[char], found: char, before: Option<char>) -> Option<Sure> {
    if found.is_control() {
        return None;
    }
    let letter = |c: char| c.is_alphabetic() && !matches!(c, 'ª' | 'º' | 'µ');
    let [second] = rest else {
        // Behind `â` come characters that end no word: `â€™`, `â‚¬`, `âœ…`.
        let certain = matches!(found, '\u{2010}'..='\u{2044}' | '\u{20a0}'..='\u{20bf}' | '\u{2100}'..='\u{214f}'
            | '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}');
        let signs = rest.iter().any(|c| !letter(*c));
        return signs.then_some(if certain { Sure::Yes } else { Sure::Beside });
    };
    let written = match first {
        0xc2 | 0xc3 => true,
        0xc4 | 0xc5 | 0xce..=0xd1 | 0xd7..=0xd9 => found.is_alphabetic(),
        _ => false,
    };
    if !written {
        return None;
    }
    if first == 0xc2 && found == '\u{a0}' && !before.is_some_and(char::is_uppercase) {
        return Some(Sure::Yes);
    }
    // What may stand behind a capital letter in any text, and the letters that only Windows-1252 has.
    const DOUBTFUL: &str = "\u{a0}\u{ad}‘’‚“”„–—…•‹›«»†‡‰™·œšžŠŒŽŸƒ";
    if DOUBTFUL.contains(*second) { Some(Sure::Beside) } else { (!letter(*second)).then_some(Sure::Yes) }
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
            ("Â«asÃ\u{ad}Â», Â¿no?", "«así», ¿no?"),
            ("ÐŸÑ€Ð¸Ð²ÐµÑ‚", "Привет"),
            ("æ—¥æœ¬èªž", "日本語"),
            ("ðŸ˜€", "😀"),
            ("âœ… Sí", "✅ Sí"),
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
            "Ã fica",
            "SÃO PAULO",
            "Ângela",
            "CORAÇÃO",
            "Âge",
            "NOËL",
            "Ñandú",
            "À Évry",
            "ÉTÉ",
            "«Ä»",
            "Île-de-France",
            "AMANHÃ: sessão",
            "À LA UNE",
            "château “Â”",
            "Ðorđe",
            "fañ®",
            "Ø 12",
            "Ñ.",
            "À.",
            "IRMÃ’S",
            "â€",
            "Ã",
            "MAÇÃ, LÃ, ROMÃ.",
            "“AMANH\u{c3}\u{201d}",
            "‘L\u{c3}\u{2019}",
            "«Ä»",
            "AMANH\u{c3} – hoje",
            "AMANH\u{c3}\u{a0}É",
            "è“\u{ad}",
            "â\u{a0}\u{ad}",
            "â“”",
        ] {
            assert_eq!(mend(text), text);
        }
    }
}
