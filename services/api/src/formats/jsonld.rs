//! An item as JSON-LD, a `NewsArticle` of schema.org (<https://schema.org/NewsArticle>).

use serde_json::{Map, Value, json};
use wiredesk_contract::Item;
use wiredesk_contract::enrichment::EntityType;

use super::{body, page};

/// The item's newest version.
pub fn news_article(item: &Item) -> Value {
    let mut article = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value.filter(|v| v.as_array().is_none_or(|list| !list.is_empty())) {
            article.insert(name.to_owned(), value);
        }
    };
    put("@context", Some(json!("https://schema.org")));
    put("@type", Some(json!("NewsArticle")));
    put("@id", Some(json!(item.uri)));
    put("headline", Some(json!(item.headline())));
    put("inLanguage", Some(json!(item.language)));
    put("datePublished", Some(json!(item.content_created.unwrap_or(item.first_created))));
    put("dateModified", Some(json!(item.version_created)));
    put("version", Some(json!(item.version)));
    put("url", page(item).map(|url| json!(url)));
    put("description", item.descriptions.first().map(|lead| json!(lead.value)));
    put("articleBody", body(item, "text/plain").map(|text| json!(text)));
    put("wordCount", item.bodies.first().map(|body| json!(body.word_count)));
    put("author", item.by.as_ref().map(|by| json!({"@type": "Person", "name": by})));
    put("publisher", Some(json!({"@type": "NewsMediaOrganization", "name": item.source.name})));
    put(
        "copyrightHolder",
        item.copyright_holder.as_ref().map(|holder| json!({"@type": "Organization", "name": holder})),
    );
    put("copyrightNotice", item.copyright_notice.as_ref().map(|notice| json!(notice)));
    put("dateline", item.located.as_ref().map(|place| json!(place)));
    put("contentLocation", item.event_place.as_ref().map(|event| {
        let at = &event.place;
        json!({
            "@type": "Place", "name": at.name, "address": {"@type": "PostalAddress", "addressCountry": at.country},
            "geo": {"@type": "GeoCoordinates", "latitude": at.lat, "longitude": at.lon},
            "identifier": at.id,
        })
    }));
    put(
        "about",
        Some(
            item.subjects
                .iter()
                .map(|topic| json!({"@type": "DefinedTerm", "termCode": topic.code, "name": topic.name}))
                .collect(),
        ),
    );
    put("mentions", Some(mentions(item)));
    put("isBasedOn", item.verdict.duplicate_of.as_ref().map(|id| json!(Item::uri_of(id))));
    Value::Object(article)
}

/// Whom and what it names, each once.
fn mentions(item: &Item) -> Value {
    let mut seen = std::collections::BTreeSet::new();
    let mut named = Vec::new();
    for entity in item.entities.iter().filter(|entity| seen.insert(entity.id.as_str())) {
        let sort = match entity.kind {
            EntityType::Per => "Person",
            EntityType::Org => "Organization",
            EntityType::Loc => "Place",
            EntityType::Misc => "Thing",
        };
        named.push(json!({"@type": sort, "name": entity.name, "identifier": entity.id}));
    }
    Value::Array(named)
}
