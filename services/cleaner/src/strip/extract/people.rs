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
];
/// What stands between two names.
const BETWEEN: &[&str] = &[
    " and ", " und ", " y ", " et ", " e ", " i ", " og ", " och ", " en ", " & ", " / ", "; ", " | ", "、",
    "，", "・", " • ", " · ", " – ", " — ", "\n", " with ", " mit ", " con ",
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
];

/// The names of a byline, one by one: `By A, B and C, dpa`.
pub(crate) fn of(byline: &str) -> Vec<String> {
    let byline = byline.trim().trim_matches(['(', ')', '|', '-', '–', '•', ',', ':']).trim();
    let lower = byline.to_lowercase();
    let bare = OPENINGS
        .iter()
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
            ("3 minutes read", vec![]),
            ("https://example.test/ada", vec![]),
        ] {
            assert_eq!(of(given), wanted, "{given}");
        }
    }
}
