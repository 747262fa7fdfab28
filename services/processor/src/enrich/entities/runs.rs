//! Runs of capitalised words, and how far the name in one goes.

use super::super::tokens::Shape;
use super::Scene;

/// Tokens `first..end` that are written with capitals side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// First token.
    pub first: usize,
    /// One past the last token.
    pub end: usize,
}

impl Run {
    /// Tokens.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.first)
    }

    /// Nothing left.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// The run that begins at a token: capitals one blank apart, initials, and `D'Alema`.
pub fn run_at(scene: &Scene<'_>, first: usize) -> Run {
    let tokens = &scene.document.tokens;
    let mut end = first + 1;
    while let Some(token) = tokens.get(end) {
        let apostrophe = matches!(token.text, "'" | "’") && tokens[end - 1].text.chars().count() == 1;
        if apostrophe && tokens.get(end + 1).is_some_and(|t| t.is_capital() && t.start == token.end) {
            end += 2;
            continue;
        }
        if !token.is_capital() || !matches!(scene.document.gap(end - 1, end), " " | "\u{a0}") {
            break;
        }
        end += 1;
    }
    Run { first, end }
}

/// The run without articles, weekdays and other stop words in front, titles (`Bundeskanzler`, `President`) and adjectives
/// of nations; and whether a title was among them.
pub fn strip_front(scene: &Scene<'_>, mut run: Run) -> (Run, bool) {
    let mut titled = false;
    while let Some(token) = scene.document.tokens.get(run.first).filter(|_| !run.is_empty()) {
        let title = is_title(scene, run.first);
        let stop = scene.cues.is_stop(scene.language, &token.fold)
            || scene.cues.has("demonym", &token.fold)
            || is_month_of_date(scene, run.first);
        // `Julio` is a month and a man: before another capital he is the man.
        let stop = stop && !(run.len() > 1 && scene.cues.has("given", &token.fold));
        if title && (run.len() > 1 || token.shape == Shape::Title) {
            titled = true;
        } else if !stop && !matches!(token.text, "'" | "’") {
            break;
        }
        run.first += 1;
    }
    (run, titled)
}

/// `12 May.`, `19 GEN`, `Nov 29`: a month's name beside a number.
fn is_month_of_date(scene: &Scene<'_>, index: usize) -> bool {
    let tokens = &scene.document.tokens;
    let number =
        |at: Option<usize>| at.and_then(|at| tokens.get(at)).is_some_and(|t| t.shape == Shape::Number);
    scene.cues.months.contains_key(&tokens[index].fold)
        && (number(index.checked_sub(1)) || number(Some(index + 1)))
}

/// Is a token a title or office, also as the end of a German compound or after a hyphen (`SPD-Chef`)?
pub fn is_title(scene: &Scene<'_>, index: usize) -> bool {
    let Some(token) = scene.document.tokens.get(index) else { return false };
    let last = token.fold.rsplit(' ').next().unwrap_or_default();
    let german = scene.language == "de"
        && [
            "minister",
            "ministerin",
            "prasident",
            "prasidentin",
            "sprecher",
            "sprecherin",
            "trainer",
            "meister",
            "chef",
            "chefin",
            "sekretar",
            "direktor",
            "kanzler",
            "kanzlerin",
            "experte",
            "expertin",
            "forscher",
            "leiter",
            "vorsitzende",
            "vorsitzender",
        ]
        .iter()
        .any(|end| last.ends_with(end));
    scene.cues.has("title", last) || german
}

/// Extends an organisation over `de la`, `of`, `für` … to the capitals that follow, as long as it goes.
pub fn extend_org(scene: &Scene<'_>, mut run: Run) -> Run {
    for _ in 0..4 {
        let Some(next) = after_link(scene, run.end, "orglink", 3) else { return run };
        let joins = scene
            .document
            .tokens
            .get(run.end)
            .is_some_and(|t| matches!(t.fold.as_str(), "y" | "e" | "i" | "et" | "and" | "und" | "&"));
        let follower = scene.document.tokens.get(next);
        let stranger = follower.is_none_or(|t| {
            scene.cues.has("given", &t.fold)
                || scene.cues.is_org(&t.fold)
                || !scene.gazetteer.lookup_folded(&t.fold).is_empty()
        });
        if joins && stranger {
            return run;
        }
        run.end = run_at(scene, next).end;
    }
    run
}

/// Extends a person over `de la`, `van der`, `bin` … to the capitals that follow, once.
pub fn extend_person(scene: &Scene<'_>, mut run: Run) -> Run {
    let Some(next) = after_link(scene, run.end, "particle", 2) else { return run };
    let lone = matches!(
        scene.document.tokens.get(run.end).map(|t| t.fold.as_str()),
        Some("y" | "i" | "e" | "le" | "la" | "el")
    );
    let place = scene.gazetteer.longest_at(scene.document, next).is_some();
    let full = run.len() >= 2;
    if lone || place && full || full && run.len() >= 3 {
        return run;
    }
    run.end = run_at(scene, next).end;
    run
}

/// The capital after a linking phrase of up to `most` small words at a token.
fn after_link(scene: &Scene<'_>, at: usize, list: &str, most: usize) -> Option<usize> {
    let tokens = &scene.document.tokens;
    let mut phrase = String::new();
    for length in 0..most {
        let token = tokens.get(at + length)?;
        let gap = scene.document.gap(at + length - 1, at + length);
        if token.is_capital() || gap.contains('\n') || gap.len() > 2 {
            return None;
        }
        let apostrophe = matches!(token.text, "'" | "’");
        if !apostrophe {
            if !phrase.is_empty() {
                phrase.push(' ');
            }
            phrase.push_str(&token.fold);
        }
        let next = at + length + 1;
        let follows = tokens.get(next)?;
        let close = matches!(scene.document.gap(next - 1, next), " ") || apostrophe;
        if follows.is_capital() && close && scene.cues.has(list, &phrase) {
            return Some(next);
        }
    }
    None
}
