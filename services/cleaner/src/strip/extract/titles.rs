//! The title of a page: what most of its declarations and headings agree on, without the site's name.

use super::witness;
use crate::strip::hygiene::key;

/// Where a title was found, with the weight of its word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Found {
    /// The first-level heading that has words of what is declared: what readers are shown.
    Heading,
    /// A first-level heading that has none: perhaps the section's or the site's.
    OtherHeading,
    Ld,
    OpenGraph,
    Twitter,
    Element,
}

impl Found {
    fn weight(self) -> f32 {
        match self {
            // The three declarations that the same template fills weigh less together: they are often written for search
            // engines. With JSON-LD beside them they weigh more.
            Found::Heading => 3.45,
            Found::OtherHeading => 2.0,
            Found::Ld => 1.9,
            Found::OpenGraph => 1.6,
            Found::Twitter => 0.8,
            Found::Element => 1.0,
        }
    }
}

/// Of the first-level headings the one that has most words in common with what is declared; of equals the first.
pub(crate) fn heading(headings: Vec<String>, declared: &[(Found, String)]) -> Option<(Found, String)> {
    let mut best: Option<(f32, String)> = None;
    for heading in headings {
        let own = likeness(&heading, declared);
        if best.as_ref().is_none_or(|(most, _)| own > *most) {
            best = Some((own, heading));
        }
    }
    let (likeness, heading) = best?;
    let found = if likeness >= ALIKE || declared.is_empty() { Found::Heading } else { Found::OtherHeading };
    Some((found, heading))
}

/// From which share of common words on a heading is about what the declarations are about.
const ALIKE: f32 = 0.2;
/// Fewest letters of a word that says what a title is about.
const TELLING: usize = 4;
/// Fewest letters of one that says as much as several.
const LONG: usize = 6;

/// The share of a heading's words that the declarations have too.
fn likeness(heading: &str, declared: &[(Found, String)]) -> f32 {
    let own = key(heading);
    let theirs: Vec<String> = declared.iter().map(|(_, text)| key(text)).collect();
    // Scripts without spaces are compared by their characters.
    if heading.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')) {
        let own = witness::words(heading);
        let theirs: Vec<u64> = theirs.iter().flat_map(|text| witness::words(text)).collect();
        let common = own.iter().filter(|word| theirs.contains(word)).count();
        return common as f32 / own.len().max(1) as f32;
    }
    let telling: Vec<&str> = own.split(' ').filter(|word| word.chars().count() >= TELLING).collect();
    let has = |word: &&&str| theirs.iter().any(|text| text.split(' ').any(|other| other == **word));
    let common: Vec<&&str> = telling.iter().filter(has).collect();
    let share = common.len() as f32 / telling.len().max(1) as f32;
    if common.iter().any(|word| word.chars().count() >= LONG) { share.max(ALIKE) } else { share }
}

/// The title that has most weight behind it; of equals the one that was named first.
pub(crate) fn choose(candidates: &[(Found, String)], site: &[String]) -> Option<String> {
    let sites: Vec<String> = site.iter().map(|s| key(s)).filter(|s| !s.is_empty()).collect();
    let cleaned: Vec<(Found, String, String)> = candidates
        .iter()
        .map(|(found, title)| {
            let others: Vec<&str> = candidates.iter().map(|(_, t)| t.as_str()).collect();
            let bare = without_site(title, &sites, &others);
            let bare = agreed(*found, &bare, candidates).unwrap_or(bare);
            (*found, key(&bare), bare)
        })
        .filter(|(_, key, _)| !key.is_empty() && !sites.contains(key))
        .collect();
    let weight = |own: &str| -> f32 {
        let mut counted: Vec<Found> = Vec::new();
        let mut sum = 0.0;
        for (found, key, _) in &cleaned {
            // A kind of declaration votes once for a title.
            if key == own && !counted.contains(found) {
                counted.push(*found);
                sum += found.weight();
            }
        }
        sum
    };
    let mut best: Option<(f32, &str)> = None;
    for (_, own, title) in &cleaned {
        let weight = weight(own);
        if best.is_none_or(|(most, _)| weight > most + 0.01) {
            best = Some((weight, title));
        }
    }
    best.map(|(_, title)| title.to_owned())
}

/// What another declaration says, where this one is the same with some words more: a section and the site behind it, or a
/// topic in front of a heading that no declaration has.
fn agreed(found: Found, title: &str, candidates: &[(Found, String)]) -> Option<String> {
    let own = key(title);
    let words = |text: &str| text.split(' ').count();
    let whole = candidates.iter().any(|(other, text)| *other != found && key(text) == own);
    let sure = candidates.iter().filter(|(other, _)| *other != found);
    sure.filter_map(|(other, text)| {
        let theirs = key(text);
        if theirs.chars().count() < 15 || theirs.len() >= own.len() {
            return None;
        }
        let more = words(&own).saturating_sub(words(&theirs));
        let heads = |found: &Found| matches!(found, Found::Heading | Found::OtherHeading);
        let longer = more <= 6 && (heads(other) || *other == Found::Ld) && own.starts_with(&theirs);
        // In front of a heading may stand the whole way to it.
        let headed = more <= 12 && heads(&found) && !whole && own.ends_with(&theirs);
        (longer && !heads(&found) || headed).then(|| text.clone())
    })
    .next()
}

const MARKS: &[&str] = &[
    " | ", " – ", " — ", " - ", " · ", " • ", " :: ", " » ", " / ", "｜", "ㅣ", "|", " ― ", " ‹ ", " « ",
    " ~ ", "--",
];

/// `Title | Section | Site`: parts at the end go where they are the site's name, a date, or short behind a bar; a first
/// part goes where it is the site's name.
fn without_site(title: &str, sites: &[String], others: &[&str]) -> String {
    let mut rest = title.trim().to_owned();
    for _ in 0..3 {
        let Some((at, mark)) = MARKS
            .iter()
            .filter_map(|mark| rest.rfind(mark).map(|at| (at, *mark)))
            .max_by_key(|(at, mark)| (at + mark.len(), mark.len()))
        else {
            break;
        };
        let (head, last) = (rest[..at].trim().to_owned(), rest[at + mark.len()..].trim().to_owned());
        let name = key(&last);
        let words = last.split_whitespace().count();
        let named = sites.iter().any(|site| {
            name == *site
                || (name.len() >= 3 && site.contains(&name))
                || name.contains(site.as_str()) && words <= 6
        });
        let barred = matches!(mark, " | " | "｜" | " :: " | " • " | " · ");
        let short = barred && words <= 4 && key(&head).chars().count() >= 15;
        let domain = words == 1 && last.contains('.') && !last.ends_with('.');
        let dated = name.chars().filter(char::is_ascii_digit).count() >= 4 && words <= 4 && barred;
        // Another declaration is this one without its end.
        let told = others.iter().any(|other| key(other) == key(&head)) && words <= 6;
        if head.is_empty() || !(named || short || domain || dated || told) {
            break;
        }
        rest = head;
    }
    for mark in [" | ", ": ", " - ", " – "] {
        if let Some((first, tail)) = rest.split_once(mark)
            && sites.contains(&key(first))
            && tail.split_whitespace().count() >= 3
        {
            return tail.trim().to_owned();
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_site_goes_and_the_majority_counts() {
        let sites = ["La Gaceta".to_owned(), "lagaceta.example".to_owned()];
        for (candidates, wanted) in [
            (
                vec![(Found::OpenGraph, "El puerto cierra por el temporal - La Gaceta")],
                "El puerto cierra por el temporal",
            ),
            (
                vec![
                    (Found::Element, "El puerto cierra por el temporal | Sucesos | La Gaceta"),
                    (Found::Heading, "Sucesos"),
                ],
                "Sucesos",
            ),
            (
                vec![(Found::Element, "El puerto cierra por el temporal | Sucesos")],
                "El puerto cierra por el temporal",
            ),
            (
                vec![
                    (Found::Heading, "Cierra el puerto"),
                    (Found::Ld, "El puerto, cerrado"),
                    (Found::OpenGraph, "El puerto, cerrado - La Gaceta"),
                ],
                "El puerto, cerrado",
            ),
            (
                vec![(Found::Heading, "Nach dem Sturm - der Hafen bleibt zu")],
                "Nach dem Sturm - der Hafen bleibt zu",
            ),
            // What readers see against what one template declares three times, and against JSON-LD with it.
            (
                vec![
                    (Found::Heading, "Así será el nuevo mercado del puerto"),
                    (Found::OpenGraph, "Mercado del puerto: plano y horario | Guía"),
                    (Found::Element, "Mercado del puerto: plano y horario | Guía"),
                    (Found::Twitter, "Mercado del puerto: plano y horario | Guía"),
                ],
                "Así será el nuevo mercado del puerto",
            ),
            (
                vec![
                    (Found::Heading, "Abre el mercado"),
                    (Found::Ld, "Tras dos años de obras: abre el mercado"),
                    (Found::OpenGraph, "Tras dos años de obras: abre el mercado"),
                ],
                "Tras dos años de obras: abre el mercado",
            ),
        ] {
            let candidates: Vec<(Found, String)> =
                candidates.into_iter().map(|(f, t)| (f, t.to_owned())).collect();
            assert_eq!(choose(&candidates, &sites).as_deref(), Some(wanted));
        }
    }

    #[test]
    fn of_several_headings_the_one_that_the_page_declares_counts() {
        let declared = [(Found::OpenGraph, "El puerto cierra por el temporal - La Gaceta".to_owned())];
        let pick = |headings: &[&str]| heading(headings.iter().map(|h| (*h).to_owned()).collect(), &declared);
        let wanted = Some((Found::Heading, "Cierra el puerto".to_owned()));
        assert_eq!(pick(&["Noticias de hoy", "Cierra el puerto", "Lo más leído ahora"]), wanted);
        assert_eq!(pick(&["Noticias de hoy"]), Some((Found::OtherHeading, "Noticias de hoy".to_owned())));
        assert_eq!(pick(&[]), None);
        let sole = heading(vec!["Noticias de hoy".to_owned()], &[]);
        assert_eq!(sole, Some((Found::Heading, "Noticias de hoy".to_owned())));
    }
}
