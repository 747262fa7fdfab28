//! Items as a feed, for readers and for other desks: Atom (RFC 4287) and JSON Feed 1.1 (<https://www.jsonfeed.org/version/1.1/>).

use std::fmt::Write as _;

use chrono::DateTime;
use serde_json::{Map, Value, json};
use wiredesk_contract::Item;

use super::{body, page, rfc3339};

const TITLE: &str = "wiredesk";

/// JSON Feed.
pub fn json(items: &[Item], own: &str, next: Option<&str>) -> String {
    let mut feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": TITLE,
        "feed_url": own,
        "items": items.iter().map(entry).collect::<Vec<_>>(),
    });
    if let Some(next) = next {
        feed["next_url"] = json!(next);
    }
    feed.to_string()
}

fn entry(item: &Item) -> Value {
    let mut entry = Map::new();
    let mut put = |name: &str, value: Value| entry.insert(name.to_owned(), value);
    put("id", json!(item.uri));
    put("title", json!(item.headline()));
    put("language", json!(item.language));
    put("date_published", json!(item.content_created.unwrap_or(item.first_created)));
    put("date_modified", json!(item.version_created));
    put("tags", json!(item.subjects.iter().map(|topic| topic.name.as_str()).collect::<Vec<_>>()));
    put("authors", json!([{"name": author(item)}]));
    if let Some(url) = page(item) {
        put("url", json!(url));
    }
    if let Some(lead) = item.descriptions.first() {
        put("summary", json!(lead.value));
    }
    let html = body(item, "text/html");
    // One of the two must be there, be it empty.
    match html {
        Some(html) => put("content_html", json!(html)),
        None => put("content_text", json!(body(item, "text/plain").unwrap_or_default())),
    };
    Value::Object(entry)
}

fn author(item: &Item) -> &str {
    item.by.as_deref().unwrap_or(&item.source.name)
}

/// Atom.
pub fn atom(items: &[Item], own: &str, next: Option<&str>) -> String {
    let updated = items.iter().map(|item| item.version_created).max().unwrap_or(DateTime::UNIX_EPOCH);
    let mut feed = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n",
    );
    let _ = writeln!(
        feed,
        "<title>{TITLE}</title>\n<id>urn:wiredesk:items</id>\n<updated>{}</updated>",
        rfc3339(updated)
    );
    link(&mut feed, "self", own);
    if let Some(next) = next {
        link(&mut feed, "next", next);
    }
    for item in items {
        let _ = writeln!(feed, "<entry xml:lang=\"{}\">", Xml(&item.language));
        element(&mut feed, "id", &item.uri);
        element(&mut feed, "title", item.headline());
        element(&mut feed, "updated", &rfc3339(item.version_created));
        element(&mut feed, "published", &rfc3339(item.content_created.unwrap_or(item.first_created)));
        let _ = writeln!(feed, "<author><name>{}</name></author>", Xml(author(item)));
        if let Some(url) = page(item) {
            link(&mut feed, "alternate", url);
        }
        for topic in &item.subjects {
            let _ =
                writeln!(feed, "<category term=\"{}\" label=\"{}\"/>", Xml(&topic.code), Xml(&topic.name));
        }
        if let Some(lead) = item.descriptions.first() {
            element(&mut feed, "summary", &lead.value);
        }
        if let Some(html) = body(item, "text/html") {
            let _ = writeln!(feed, "<content type=\"html\">{}</content>", Xml(html));
        } else if let Some(text) = body(item, "text/plain") {
            let _ = writeln!(feed, "<content type=\"text\">{}</content>", Xml(text));
        }
        feed.push_str("</entry>\n");
    }
    feed.push_str("</feed>\n");
    feed
}

fn link(feed: &mut String, rel: &str, href: &str) {
    let _ = writeln!(feed, "<link rel=\"{rel}\" href=\"{}\"/>", Xml(href));
}

fn element(feed: &mut String, name: &str, text: &str) {
    let _ = writeln!(feed, "<{name}>{}</{name}>", Xml(text));
}

/// Text for XML 1.0, without the characters that it has no place for.
struct Xml<'a>(&'a str);

impl std::fmt::Display for Xml<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_what_xml_cannot_hold_is_left_out() {
        assert_eq!(Xml("a<b> & \"c\"\u{1}\u{b}\n\u{fffe}ñ").to_string(), "a&lt;b&gt; &amp; &quot;c&quot;\nñ");
    }
}
