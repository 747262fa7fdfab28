//! `wiredesk tool extract`: a page in, the article out.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::decode::decode;
use crate::strip::Rules;
use crate::strip::blocks::text_of;
use crate::strip::extract::{Article, Seen, article};

static RULES: LazyLock<Rules> = LazyLock::new(Rules::default);

/// The article of a page: `{"id","title","text","authors","published","language",…}`. What is no article says why under
/// `not_article`.
pub fn extract(id: &str, bytes: &[u8]) -> Value {
    told(id, &article(&decode(bytes)))
}

/// What [`extract`] answers, with `lines`: of each line of the page its text, how likely it is of the article, whether it
/// stayed, and why it went.
pub fn explain(id: &str, bytes: &[u8]) -> Value {
    let (article, seen) = crate::strip::extract::explain(&decode(bytes));
    let mut out = told(id, &article);
    out["lines"] = seen.iter().map(line).collect();
    out
}

pub(super) fn told(id: &str, article: &Article) -> Value {
    let text = text_of(&[article.standfirst.as_slice(), article.blocks.as_slice()].concat());
    let sample = format!("{}. {text}", article.title.as_deref().unwrap_or_default());
    let told = RULES.languages.tell(&sample, article.language.as_deref());
    json!({
        "id": id,
        "title": article.title,
        "deck": article.deck,
        "text": text,
        "authors": article.authors,
        "published": article.published.map(|t| t.to_rfc3339()),
        "modified": article.modified.map(|t| t.to_rfc3339()),
        "language": told.language,
        "language_confidence": (f64::from(told.confidence) * 100.0).round() / 100.0,
        "image": article.image.as_ref().map(|m| &m.url),
        "caption": article.image.as_ref().and_then(|m| m.caption.as_ref()),
        "credit": article.image.as_ref().and_then(|m| m.credit.as_ref()),
        "section": article.section,
        "keywords": article.keywords,
        "free": article.free,
        "copyright_notice": article.copyright,
        "canonical_url": article.canonical,
        "not_article": article.not_article,
        "removed": article.removed,
    })
}

fn line(line: &Seen) -> Value {
    json!({
        "text": line.text,
        "likely": (f64::from(line.likely) * 100.0).round() / 100.0,
        "kept": line.kept,
        "reason": line.reason,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_that_went_has_its_reason() {
        let text =
            "Der Rat hat am Dienstag den Umbau des Marktes beschlossen, der im Frühjahr beginnen soll.";
        let html = format!(
            "<nav><a href='/'>Politik</a></nav><article><h1>Der Markt</h1><p>{text}</p><p>{text}</p></article>"
        );
        let out = explain("a", html.as_bytes());
        let lines = out["lines"].as_array().map(Vec::as_slice).unwrap_or_default();
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().all(|l| l["kept"] == true || l["reason"] != ""));
    }
}
