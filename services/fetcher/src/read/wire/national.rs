//! The national variants of 7-bit text (ISO 646): old lines of transmission send `f}r` for `für` and `espa|a` for `españa`.

/// A variant: its letters in the places of ASCII's, and words that only it makes.
struct Variant {
    letters: [(char, char); 12],
    words: &'static [&'static str],
}

/// Which variant a text is in; see [`variant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found(usize);

const NONE: (char, char) = ('\0', '\0');

const VARIANTS: [Variant; 6] = [
    // German, DIN 66003.
    Variant {
        letters: [
            ('[', 'Ä'),
            ('\\', 'Ö'),
            (']', 'Ü'),
            ('{', 'ä'),
            ('|', 'ö'),
            ('}', 'ü'),
            ('~', 'ß'),
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
        ],
        words: &[
            "f}r",
            "}ber",
            "w{re",
            "w{hrend",
            "k|nnen",
            "k|nnte",
            "m}ssen",
            "w}rde",
            "gro~",
            "h{tte",
            "gegen}ber",
            "pr{sident",
            "zur}ck",
        ],
    },
    // Spanish, NF-like ES2.
    Variant {
        letters: [
            ('[', '¡'),
            ('\\', 'Ñ'),
            (']', '¿'),
            ('|', 'ñ'),
            ('{', '°'),
            ('}', 'ç'),
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
        ],
        words: &[
            "espa|a",
            "espa|ol",
            "espa|ola",
            "a|o",
            "a|os",
            "ma|ana",
            "se|al",
            "se|or",
            "compa|\u{ed}a",
            "monta|a",
            "ni|os",
            "campa|a",
        ],
    },
    // French, NF Z 62-010.
    Variant {
        letters: [
            ('@', 'à'),
            ('[', '°'),
            ('\\', 'ç'),
            ('{', 'é'),
            ('|', 'ù'),
            ('}', 'è'),
            ('~', '¨'),
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
        ],
        words: &[
            "{t{",
            "apr}s",
            "pr{sident",
            "o|",
            "fran\\ais",
            "derni}re",
            "premi}re",
            "s{curit{",
            "d{j@",
            "tr}s",
            "soci{t{",
        ],
    },
    // Italian.
    Variant {
        letters: [
            ('@', '§'),
            ('[', '°'),
            ('\\', 'ç'),
            (']', 'é'),
            ('`', 'ù'),
            ('{', 'à'),
            ('|', 'ò'),
            ('}', 'è'),
            ('~', 'ì'),
            NONE,
            NONE,
            NONE,
        ],
        words: &[
            "citt{",
            "}",
            "pi`",
            "perch]",
            "gi{",
            "sar{",
            "cos~",
            "pu|",
            "per|",
            "marted~",
            "venerd~",
            "societ{",
            "universit{",
        ],
    },
    // Swedish and Finnish, SEN 850200.
    Variant {
        letters: [
            ('[', 'Ä'),
            ('\\', 'Ö'),
            (']', 'Å'),
            ('{', 'ä'),
            ('|', 'ö'),
            ('}', 'å'),
            ('~', 'ü'),
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
        ],
        words: &["f|r", "fr}n", "p}", "{r", "och", "s{ger", "ocks}", "f}r", "efter", "{n", "n{r", "}r"],
    },
    // Norwegian and Danish, NS 4551.
    Variant {
        letters: [
            ('[', 'Æ'),
            ('\\', 'Ø'),
            (']', 'Å'),
            ('{', 'æ'),
            ('|', 'ø'),
            ('}', 'å'),
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
        ],
        words: &[
            "p}", "v{re", "ogs}", "f|r", "m}", "n}r", "etter", "efter", "gj|re", "g}r", "s}", "l|rdag", "og",
        ],
    },
];

/// The national variant of a text: 7-bit, with the words of one variant in it at least three times, and more of them than
/// of any other.
pub(super) fn variant(text: &str) -> Option<Found> {
    let head = &text.as_bytes()[..text.len().min(64 << 10)];
    if !head.is_ascii() || !head.iter().any(|b| b"{|}~`@\\[]".contains(b)) {
        return None;
    }
    let lower = String::from_utf8_lossy(head).to_ascii_lowercase();
    let mut counts = [(0_usize, 0_usize); VARIANTS.len()];
    for word in lower.split(|c: char| c.is_whitespace() || ",.;:!?()\"/-".contains(c)) {
        for (count, variant) in counts.iter_mut().zip(&VARIANTS) {
            if variant.words.contains(&word) {
                count.0 += 1;
                count.1 += usize::from(!word.bytes().all(|b| b.is_ascii_alphabetic()));
            }
        }
    }
    let (at, (all, odd)) =
        counts.into_iter().enumerate().max_by_key(|(n, count)| (count.0, usize::MAX - n))?;
    (all >= 3 && odd >= 2).then_some(Found(at))
}

/// The text in its letters.
pub(super) fn translate(text: &str, variant: Option<Found>) -> String {
    let Some(variant) = variant.and_then(|Found(at)| VARIANTS.get(at)) else { return text.to_owned() };
    let letter =
        |c: char| variant.letters.iter().find(|(from, _)| *from == c && c != '\0').map_or(c, |(_, to)| *to);
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_bit_text_gets_its_letters() {
        for (text, expected) in [
            (
                "Die Mittel f}r die Stra~e w{ren gro~, }ber die der Rat",
                "Die Mittel für die Straße wären groß, über die der Rat",
            ),
            ("El a|o en que Espa|a vio la ma|ana", "El año en que España vio la mañana"),
            (
                "Le maire a {t{ r{{lu apr}s la s{ance o| il {tait, d{j@",
                "Le maire a été réélu après la séance où il était, déjà",
            ),
            ("La citt{ } pi` grande e gi{ cos~", "La città è più grande e già così"),
            (
                "Polisen s{ger att det {r klart p} plats och fr}n",
                "Polisen säger att det är klart på plats och från",
            ),
            ("Det skal v{re klart p} l|rdag og ogs} etter", "Det skal være klart på lørdag og også etter"),
            ("a {b} c | d [e] | f", "a {b} c | d [e] | f"),
            ("Ni|os y España a|o a|os ma|ana", "Ni|os y España a|o a|os ma|ana"),
        ] {
            assert_eq!(translate(text, variant(text)), expected, "{text}");
        }
    }
}
