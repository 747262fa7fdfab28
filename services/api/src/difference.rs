//! `GET /v1/items/{id}/diff`: what one version changed of another, word by word.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use sqlx::PgPool;
use wiredesk_contract::Item;
use wiredesk_store::read;

use crate::answers::{Difference, Piece, PieceSort};
use crate::error::ApiError;
use crate::extract::{Id, Query};
use crate::formats;

/// Words that are compared one by one: the effort grows with words times differences. What lies behind is compared as a whole.
const COMPARED: usize = 4_000;
/// Stands for the end of a paragraph.
const BREAK: &str = "\n";

/// The parameters of `GET /v1/items/{id}/diff`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiffQuery {
    /// The version before; the one before `to` where it is left out.
    pub from: Option<u32>,
    /// The version after; the newest where it is left out.
    pub to: Option<u32>,
}

/// What one version changed of another.
///
/// # Errors
/// [`ApiError`].
pub async fn diff(
    State(db): State<PgPool>,
    Id(id): Id,
    Query(query): Query<DiffQuery>,
) -> Result<Json<Difference>, ApiError> {
    Ok(Json(between(&db, &id, query).await?))
}

/// The same, for the API and the web page alike.
///
/// # Errors
/// [`ApiError::NotFound`] where there is no such item or version.
pub async fn between(db: &PgPool, id: &str, query: DiffQuery) -> Result<Difference, ApiError> {
    let versions = read::versions(db, id).await?;
    let newest = versions.last().ok_or_else(|| ApiError::NotFound { what: "item", id: id.to_owned() })?;
    let to = query.to.unwrap_or(newest.0.version);
    let from = query.from.unwrap_or_else(|| to.saturating_sub(1).max(1));
    let find = |wanted: u32| {
        let found = versions.iter().find(|version| version.0.version == wanted);
        found
            .map(|version| &version.0)
            .ok_or_else(|| ApiError::NotFound { what: "version", id: format!("{wanted} of {id}") })
    };
    Ok(of(find(from)?, find(to)?))
}

fn of(before: &Item, after: &Item) -> Difference {
    let body = |item: &Item| formats::body(item, "text/plain").unwrap_or_default().to_owned();
    Difference {
        item_id: after.item_id.clone(),
        from: before.version,
        to: after.version,
        change: after.change,
        language: after.language.clone(),
        headline: pieces(before.headline(), after.headline()),
        lead: pieces(formats::lead(before).unwrap_or_default(), formats::lead(after).unwrap_or_default()),
        body: pieces(&body(before), &body(after)),
    }
}

/// Two texts as runs of words that are in both, in the second alone, or in the first alone.
fn pieces(before: &str, after: &str) -> Vec<Piece> {
    let (a, b) = (words(before), words(after));
    let (a, rest_a) = a.split_at(a.len().min(COMPARED));
    let (b, rest_b) = b.split_at(b.len().min(COMPARED));
    let mut pieces = Vec::new();
    let mut add = |sort, words: &[&str]| {
        if !words.is_empty() {
            pieces.push(Piece { sort, text: joined(words) });
        }
    };
    for operation in capture_diff_slices(Algorithm::Myers, a, b) {
        let old = a.get(operation.old_range()).unwrap_or_default();
        let new = b.get(operation.new_range()).unwrap_or_default();
        if matches!(operation, DiffOp::Equal { .. }) {
            add(PieceSort::Same, new);
        } else {
            add(PieceSort::Removed, old);
            add(PieceSort::Added, new);
        }
    }
    if rest_a == rest_b {
        add(PieceSort::Same, rest_b);
    } else {
        add(PieceSort::Removed, rest_a);
        add(PieceSort::Added, rest_b);
    }
    pieces
}

fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for paragraph in text.lines().filter(|line| !line.trim().is_empty()) {
        if !words.is_empty() {
            words.push(BREAK);
        }
        words.extend(paragraph.split_whitespace());
    }
    words
}

/// Words with spaces between them, paragraphs with their breaks.
fn joined(words: &[&str]) -> String {
    let mut text = String::new();
    for word in words {
        if !text.is_empty() && !text.ends_with(BREAK) && *word != BREAK {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> Vec<String> {
        let mark = |piece: Piece| match piece.sort {
            PieceSort::Same => piece.text,
            PieceSort::Added => format!("+{}", piece.text),
            PieceSort::Removed => format!("-{}", piece.text),
        };
        pieces(before, after).into_iter().map(mark).collect()
    }

    #[test]
    fn words_that_changed_are_told_from_those_that_stayed() {
        assert_eq!(
            shown("The dam holds, the  ministry says.", "The dam breaks, the ministry says."),
            ["The dam", "-holds,", "+breaks,", "the ministry says."]
        );
        assert_eq!(shown("One.\n\nTwo.", "One.\nTwo.\nThree."), ["One.\nTwo.", "+\nThree."]);
        assert_eq!(shown("", "New words"), ["+New words"]);
        assert_eq!(shown("Gone", ""), ["-Gone"]);
        assert_eq!(shown("", ""), Vec::<String>::new());
    }

    #[test]
    fn a_text_that_is_too_long_is_compared_as_a_whole_at_its_end() {
        let long = "word ".repeat(COMPARED);
        let found = shown(&format!("{long}one two"), &format!("{long}one three"));
        assert_eq!(found[1..], ["-one two", "+one three"]);
    }
}
