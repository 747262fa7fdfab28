//! JSON-LD: the article among what a page declares (<https://schema.org/NewsArticle> and its kin), its authors resolved
//! over the whole graph, and broken JSON mended.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

/// Most values that are looked at.
const MOST: usize = 20_000;

/// What the scripts of a page declare.
#[derive(Clone, Debug, Default)]
pub(crate) struct Declared {
    /// Objects of an article's types, the likeliest first.
    articles: Vec<Value>,
    /// Objects by `@id`.
    by_id: HashMap<String, Value>,
    /// Names of organisations that publish.
    pub(crate) publishers: Vec<String>,
    /// The page is a discussion.
    pub(crate) forum: bool,
}

/// Reads the texts of all scripts.
pub(crate) fn read(texts: &[String]) -> Declared {
    let mut found = Declared::default();
    let parsed: Vec<Vec<Value>> = texts.iter().map(|text| values(text)).collect();
    let mut scored: Vec<(i32, &Value)> = Vec::new();
    for values in &parsed {
        let mut queue: VecDeque<(&Value, i32)> = values.iter().map(|v| (v, 0)).collect();
        let mut seen = 0;
        while let Some((value, depth)) = queue.pop_front() {
            seen += 1;
            if seen > MOST || depth > 64 {
                break;
            }
            match value {
                Value::Object(map) => {
                    found.note(value);
                    if value.get("@type").is_some_and(is_article) {
                        scored.push((score(value) - depth * 2, value));
                    }
                    let nested = map.iter().filter(|(_, v)| v.is_object() || v.is_array());
                    queue.extend(nested.map(|(key, v)| {
                        let near = matches!(key.as_str(), "@graph" | "mainEntity" | "mainEntityOfPage");
                        (v, if near { depth } else { depth + 1 })
                    }));
                }
                Value::Array(list) => queue.extend(list.iter().map(|v| (v, depth))),
                _ => {}
            }
        }
    }
    // Stable: of equals the first counts.
    scored.sort_by_key(|(score, _)| -score);
    found.articles = scored.into_iter().take(20).map(|(_, value)| value.clone()).collect();
    found
}

fn score(value: &Value) -> i32 {
    let has = |key: &str| i32::from(value.get(key).is_some_and(|v| !v.is_null()));
    has("headline") * 3 + has("datePublished") * 2 + has("author") + has("articleBody") * 2 + has("image")
}

impl Declared {
    fn note(&mut self, value: &Value) {
        if let Some(id) = value.get("@id").and_then(Value::as_str)
            && value.get("name").is_some()
        {
            self.by_id.entry(id.to_owned()).or_insert_with(|| value.clone());
        }
        if let Some(name) = value.get("publisher").and_then(|p| text(p, "name")) {
            self.publishers.push(name);
        }
        self.forum |= value
            .get("@type")
            .and_then(Value::as_str)
            .is_some_and(|t| matches!(t, "DiscussionForumPosting" | "QAPage"));
    }

    /// A field of the likeliest article that has it.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.agreeing().find_map(|article| text(article, key))
    }

    /// A field as it is.
    pub(crate) fn value(&self, key: &str) -> Option<&Value> {
        self.agreeing().find_map(|article| article.get(key).filter(|v| !v.is_null()))
    }

    /// The likeliest article, and the others that do not contradict its headline.
    fn agreeing(&self) -> impl Iterator<Item = &Value> {
        let headline = self.articles.first().and_then(|a| text(a, "headline"));
        self.articles.iter().filter(move |article| {
            let own = text(article, "headline");
            own.is_none() || headline.is_none() || own == headline
        })
    }

    /// Names of the authors, and whether each is an organisation.
    pub(crate) fn authors(&self) -> Vec<(String, bool)> {
        for key in ["author", "creator"] {
            for article in self.agreeing() {
                let mut names = Vec::new();
                if let Some(author) = article.get(key) {
                    self.names(author, &mut names, 0);
                }
                if !names.is_empty() {
                    return names;
                }
            }
        }
        Vec::new()
    }

    fn names(&self, value: &Value, names: &mut Vec<(String, bool)>, depth: u8) {
        if depth > 4 || names.len() > 20 {
            return;
        }
        match value {
            Value::String(name) => match self.by_id.get(name) {
                Some(found) => self.names(found, names, depth + 1),
                None => names.push((name.clone(), false)),
            },
            Value::Array(list) => list.iter().for_each(|v| self.names(v, names, depth + 1)),
            Value::Object(map) => {
                let organisation = map.get("@type").is_some_and(|t| t.to_string().contains("Organization"));
                let id = map.get("@id").and_then(Value::as_str);
                match map.get("name") {
                    Some(Value::String(name)) => names.push((name.clone(), organisation)),
                    Some(Value::Array(list)) => {
                        names
                            .extend(list.iter().filter_map(|n| Some((n.as_str()?.to_owned(), organisation))));
                    }
                    _ => {
                        if let Some(found) = id.and_then(|id| self.by_id.get(id)) {
                            self.names(found, names, depth + 1);
                        } else {
                            let part = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or_default();
                            let name = format!("{} {}", part("givenName"), part("familyName"));
                            if !name.trim().is_empty() {
                                names.push((name.trim().to_owned(), false));
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// The longest text of the article that is declared: lines, or HTML.
    pub(crate) fn body(&self) -> Option<String> {
        self.agreeing().filter_map(|a| text(a, "articleBody")).max_by_key(String::len)
    }
}

/// The values of a script: as they are, or mended.
fn values(text: &str) -> Vec<Value> {
    let text = text
        .trim()
        .trim_start_matches("<!--")
        .trim_start_matches("//<![CDATA[")
        .trim_start_matches("<![CDATA[");
    let text = text.trim_end_matches("-->").trim_end_matches("]]>").trim_end_matches("//").trim();
    if let Ok(value) = serde_json::from_str(text) {
        return vec![value];
    }
    let mended = mended(text);
    // Several documents in a row, or words after the first.
    serde_json::Deserializer::from_str(&mended).into_iter::<Value>().map_while(Result::ok).take(20).collect()
}

/// The common faults: line breaks within strings, wrong escapes, commas before a closing bracket or missing between
/// members.
fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut within = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if within {
            match c {
                '\\' => {
                    if let Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u') = chars.peek() {
                        out.push('\\');
                        out.extend(chars.next());
                    }
                }
                '"' => {
                    // A quotation mark that no JSON follows is one of the text.
                    let next = chars.clone().find(|n| !n.is_whitespace());
                    if matches!(next, Some(',' | ':' | '}' | ']' | '"') | None) {
                        within = false;
                        out.push('"');
                    } else {
                        out.push_str("\\\"");
                    }
                }
                c if c.is_control() => out.push(' '),
                c => out.push(c),
            }
            continue;
        }
        match c {
            '"' => {
                if out.trim_end().ends_with('"') {
                    out.push(',');
                }
                within = true;
                out.push('"');
            }
            ',' => {
                let next = chars.clone().find(|n| !n.is_whitespace());
                if !matches!(next, Some('}' | ']' | ',') | None) {
                    out.push(',');
                }
            }
            ';' => {}
            c => out.push(c),
        }
    }
    out
}

fn is_article(kind: &Value) -> bool {
    let one = |kind: &Value| {
        kind.as_str().is_some_and(|k| {
            let k = k.rsplit('/').next().unwrap_or(k);
            k.ends_with("Article")
                || matches!(k, "Report" | "BlogPosting" | "LiveBlogPosting" | "DiscussionForumPosting")
        })
    };
    kind.as_array().map_or_else(|| one(kind), |kinds| kinds.iter().any(one))
}

/// A string, or the first of a list.
pub(crate) fn text(value: &Value, key: &str) -> Option<String> {
    let value = value.get(key)?;
    let value = value.as_array().and_then(|list| list.first()).unwrap_or(value);
    let text =
        value.as_str().or_else(|| ["url", "name", "@id"].iter().find_map(|k| value.get(k)?.as_str()))?;
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphs_and_broken_json_are_read() {
        let graph = r##"{"@graph":[{"@type":"Person","@id":"#a","name":"Ada Quill"},
            {"@type":"WebPage","name":"x"},{"@type":["NewsArticle"],"headline":"Port closes","author":{"@id":"#a"}}]}"##;
        let declared = read(&[graph.to_owned()]);
        assert_eq!(declared.authors(), [("Ada Quill".to_owned(), false)]);
        assert_eq!(declared.text("headline").as_deref(), Some("Port closes"));
        for broken in [
            "{\"@type\":\"NewsArticle\",\"headline\":\"Port\ncloses\",}",
            "<!-- {\"@type\":\"NewsArticle\",\"headline\":\"Port closes\"}; -->",
            "{\"@type\":\"NewsArticle\"\n\"headline\":\"Port closes\"}",
            "{\"@type\":\"NewsArticle\",\"headline\":\"Port closes\"}{\"@type\":\"WebPage\"}",
        ] {
            assert_eq!(
                read(&[broken.to_owned()]).text("headline").as_deref(),
                Some("Port closes"),
                "{broken}"
            );
        }
        let quoted = "{\"@type\":\"NewsArticle\",\"headline\":\"The \"port\" closes\"}";
        assert_eq!(read(&[quoted.to_owned()]).text("headline").as_deref(), Some("The \"port\" closes"));
        assert!(read(&["[[[[".repeat(1000)]).text("headline").is_none());
    }
}
