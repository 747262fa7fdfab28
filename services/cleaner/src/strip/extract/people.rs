//! Names of authors out of bylines.

/// Words that open a byline.
const OPENINGS: &[&str] = &[
    "by ",
    "por ",
    "par ",
    "von ",
    "di ",
    "per ",
    "av ",
    "af ",
    "door ",
    "text: ",
    "text ",
    "author: ",
    "autor: ",
    "autorin: ",
    "auteur : ",
    "written by ",
    "story by ",
    "reported by ",
    "words by ",
    "words: ",
    "von: ",
    "by: ",
    "por: ",
    "a cura di ",
    "posted by ",
    "published by ",
    "opinion by ",
    "analysis by ",
    "fra ",
    "skrevet av ",
    "texte : ",
    "testo di ",
    "автор: ",
    "текст: ",
    "vonpo ",
    "byline: ",
    "reporter: ",
    "interview: ",
    "author ",
    "autor ",
    "autorin ",
    "autor/in: ",
    "autorin/autor ",
    "autor/autorin ",
    "auteur: ",
    "autore: ",
    "texto: ",
    "written by: ",
    "文：",
];
/// Those of Chinese and Japanese, which are labels too.
const EAST_ASIAN: &[&str] =
    &["责编：", "责编:", "责任编辑：", "责任编辑:", "作者：", "作者:", "记者：", "记者:", "記者："];
/// Those that say who wrote it wherever they stand; so do [`EAST_ASIAN`].
const LABELS: &[&str] = &[
    "written by",
    "author:",
    "autor:",
    "autorin:",
    "autor/in",
    "autorin/autor",
    "autor/autorin",
    "auteur :",
    "auteur:",
    "autore:",
    "автор:",
];
/// What stands between two names.
const BETWEEN: &[&str] = &[
    " and ", " und ", " y ", " et ", " e ", " i ", " og ", " och ", " en ", " & ", " / ", "; ", " | ", "、",
    "，", "・", " • ", " · ", " ⋅ ", " + ", " – ", " — ", "\n", " with ", " mit ", " con ",
];
/// Small words within a name.
const PARTICLES: &[&str] = &[
    "de", "del", "der", "den", "van", "von", "vom", "zu", "zur", "la", "le", "du", "des", "di", "da", "do",
    "dos", "das", "al", "el", "bin", "ibn", "ben", "y", "e", "i", "af", "av", "ten", "ter", "st", "della",
    "dalla", "lo", "d", "ap",
];
/// Words that no name has.
const NOT_NAMES: &[&str] = &[
    "reporter",
    "correspondent",
    "editor",
    "redakteur",
    "redakteurin",
    "staff",
    "writer",
    "journalist",
    "updated",
    "published",
    "minutes",
    "read",
    "share",
    "follow",
    "comments",
    "contributor",
    "senior",
    "chief",
    "producer",
    "columnist",
    "professor",
    "director",
    "more",
    "about",
    "view",
    "profile",
    "bio",
    "posts",
    "subscribe",
    "image",
    "photo",
    "email",
    "twitter",
    "facebook",
    "http",
    "https",
    "www",
    "min",
    "ago",
    "redactor",
    "redactora",
    "periodista",
    "autorenseite",
    "author",
    "autor",
    "news",
    "correspondant",
    "chefredakteur",
    "politics",
    "sports",
    "marketing",
    "manager",
    "managing",
    "researcher",
    "coordinator",
    "controller",
    "founder",
    "co-founder",
    "ceo",
    "specialist",
    "analyst",
    "consultant",
    "strategist",
    "president",
    "korrespondent",
    "korrespondentin",
    "autorin",
    "volontär",
    "volontärin",
    "journaliste",
    "journalistin",
    "reporterin",
    "kolumnist",
    "kolumnistin",
    "rédacteur",
    "rédactrice",
    "corresponsal",
    "editora",
    "giornalista",
    "corrispondente",
    "correspondente",
    "repórter",
    "jornalista",
    "md",
    "phd",
    "ph.d",
    "mph",
    "mba",
    "rdn",
    "cpa",
];

/// The names of a byline, one by one: `By A, B and C, dpa`.
pub(crate) fn of(byline: &str) -> Vec<String> {
    let byline = byline.trim().trim_matches(['(', ')', '（', '）', '|', '-', '–', '•', ',', ':']).trim();
    let lower = byline.to_lowercase();
    let bare = OPENINGS
        .iter()
        .chain(EAST_ASIAN)
        .filter(|o| lower.starts_with(*o))
        .max_by_key(|o| o.len())
        .and_then(|o| byline.char_indices().nth(o.chars().count()).map(|(at, _)| &byline[at..]))
        .unwrap_or(byline);
    let mut parts = vec![bare.trim().to_owned()];
    for mark in BETWEEN {
        parts = parts.iter().flat_map(|p| p.split(mark).map(str::to_owned).collect::<Vec<_>>()).collect();
    }
    let mut names: Vec<String> = Vec::new();
    for part in &parts {
        // Behind a comma stands another name, or what its bearer does.
        for (at, piece) in part.split([',']).enumerate() {
            let piece = piece.trim().trim_end_matches('.').trim();
            let piece = piece.split(" (").next().unwrap_or(piece).trim();
            let good = if at == 0 { name(piece) } else { name(piece) && piece.split(' ').count() <= 4 };
            if good && !names.iter().any(|n| n.eq_ignore_ascii_case(piece)) {
                names.push(piece.to_owned());
            }
        }
    }
    names
}

/// Does a line open with words that name its author wherever it stands?
pub(crate) fn labelled(line: &str) -> bool {
    let line = line.trim_start_matches(['(', '（', '[', ' ']).to_lowercase();
    LABELS.iter().chain(EAST_ASIAN).any(|label| line.starts_with(label))
}

/// The agency of a byline that names one by its letters: `By AFP`.
pub(crate) fn agency(byline: &str) -> Option<String> {
    let first = byline.split([',', '|', '·', '•']).next()?.trim();
    let (_, name) = first.split_once(' ').filter(|(opening, _)| opening.chars().count() <= 4)?;
    let letters = (2..=5).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase());
    letters.then(|| name.to_owned())
}

/// Might this be a name, of a person or of an agency?
pub(crate) fn name(text: &str) -> bool {
    let length = text.chars().count();
    if !(2..=60).contains(&length)
        || text.contains(['@', '/', '?', '!', ':', '{', '<', '=', '_', '#', '%', '[', '"'])
    {
        return false;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() > 6 || text.chars().filter(char::is_ascii_digit).count() > 1 {
        return false;
    }
    let lower: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
    if words.len() > 1 && lower.iter().any(|w| NOT_NAMES.contains(&w.trim_matches(['.', ','])))
        || words.len() == 1 && NOT_NAMES.contains(&lower[0].as_str())
    {
        return false;
    }
    let cased = text.chars().any(|c| c.is_lowercase() || c.is_uppercase());
    if !cased {
        return text.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || matches!(c, '·' | '-'))
            && !text.chars().all(|c| c.is_numeric());
    }
    // Lower case stands only in particles, or in names of one word (`dpa`, `nieuwsblad.be`).
    words.len() == 1
        || words.iter().zip(&lower).all(|(word, low)| {
            !word.chars().next().is_some_and(char::is_lowercase)
                || PARTICLES.contains(&low.as_str())
                || word.contains(['\'', '’', '.'])
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bylines_come_apart() {
        for (given, wanted) in [
            ("By Ada Quill and Tom Wren", vec!["Ada Quill", "Tom Wren"]),
            (
                "Von Ilse Brandt, Jörg Thal und Marc van der Holt",
                vec!["Ilse Brandt", "Jörg Thal", "Marc van der Holt"],
            ),
            ("Ilse Brandt und Jörg Thal, dpa", vec!["Ilse Brandt", "Jörg Thal", "dpa"]),
            ("Ada Quill, Senior Reporter", vec!["Ada Quill"]),
            ("Ona Petraitė, Vilniaus universiteto istorijos fakulteto profesorė", vec!["Ona Petraitė"]),
            ("山田太郎", vec!["山田太郎"]),
            ("By Ada Quill ⋅ Review Editor ⋅ Updated May 3", vec!["Ada Quill"]),
            ("Ada Quill, Marketing Manager", vec!["Ada Quill"]),
            ("Autorin/Autor Ilse Brandt", vec!["Ilse Brandt"]),
            ("(责编：王小明、李冬)", vec!["王小明", "李冬"]),
            ("3 minutes read", vec![]),
            ("https://example.test/ada", vec![]),
        ] {
            assert_eq!(of(given), wanted, "{given}");
        }
    }

    #[test]
    fn an_agency_is_named_by_its_letters() {
        for (byline, wanted) in [
            ("By AFP", Some("AFP")),
            ("By AFP, in News, Sport", Some("AFP")),
            ("Por EFE | Madrid", Some("EFE")),
            ("By Ada", None),
            ("Reporting AFP", None),
            ("By TOMORROW", None),
        ] {
            assert_eq!(agency(byline).as_deref(), wanted, "{byline}");
        }
    }

    #[test]
    fn labels_are_known_and_words_are_not() {
        for line in ["Written by Ada Quill", "Autorin/Autor Ilse Brandt", "（责编：王小明）"] {
            assert!(labelled(line), "{line}");
        }
        assert!(!labelled("Autoren aus aller Welt"));
    }
}
