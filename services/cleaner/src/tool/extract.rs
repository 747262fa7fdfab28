//! `wiredesk tool extract`: a page in, the article out.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::strip::Rules;
use crate::strip::blocks::text_of;
use crate::strip::extract::article;

static RULES: LazyLock<Rules> = LazyLock::new(Rules::default);

/// The article of a page: `{"id","title","text","authors","published","language",…}`. Bytes that are not UTF-8 are read
/// with replacement characters; what is no article says why under `not_article`.
pub fn extract(id: &str, bytes: &[u8]) -> Value {
    let article = article(&String::from_utf8_lossy(bytes));
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
