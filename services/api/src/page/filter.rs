//! What the wire is narrowed to, as its addresses say it.

use wiredesk_contract::Item;

use super::words::Words;
use crate::items::ListQuery;

/// A condition that a link brought, not the form.
pub struct Narrowed {
    /// The parameter.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// In words.
    pub words: String,
    /// The same wire without it.
    pub without: String,
}

/// What the wire shows.
pub struct Filter {
    pub language: String,
    pub source: String,
    pub q: String,
    pub hide_duplicates: bool,
    /// Each with its parameter.
    linked: Vec<(&'static str, String)>,
}

impl Filter {
    pub fn of(query: &ListQuery) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let linked = [
            ("topic", &query.topic),
            ("entity", &query.entity),
            ("place", &query.place),
            ("near", &query.near),
            ("urgency", &query.urgency),
            ("kind", &query.kind),
            ("story", &query.story),
            ("since", &query.since),
            ("until", &query.until),
        ];
        Self {
            language: text(&query.language),
            source: text(&query.source),
            q: text(&query.q),
            hide_duplicates: query.duplicates.as_deref() == Some("false"),
            linked: linked
                .into_iter()
                .map(|(name, v)| (name, text(v)))
                .filter(|(_, v)| !v.is_empty())
                .collect(),
        }
    }

    /// Everything as parameters.
    fn pairs(&self) -> Vec<(&'static str, &str)> {
        let hide = if self.hide_duplicates { "false" } else { "" };
        let mut pairs = vec![
            ("language", self.language.as_str()),
            ("source", &self.source),
            ("q", &self.q),
            ("duplicates", hide),
        ];
        pairs.extend(self.linked.iter().map(|(name, value)| (*name, value.as_str())));
        pairs.retain(|(_, value)| !value.is_empty());
        pairs
    }

    /// The address of the next page, with the same filter.
    pub fn older(&self, cursor: &str) -> String {
        let mut pairs = self.pairs();
        pairs.push(("cursor", cursor));
        address("/", &pairs)
    }

    /// The same list from the API, in another form.
    pub fn exported(&self, format: &str) -> String {
        let mut pairs = self.pairs();
        pairs.push(("format", format));
        address("/v1/items", &pairs)
    }

    /// The conditions that links brought, to be seen and taken off; `shown` are the items found, which know the names.
    pub fn narrowed(&self, shown: &[Item], t: &Words) -> Vec<Narrowed> {
        let one = |(name, value): &(&'static str, String)| {
            let mut others = self.pairs();
            others.retain(|(other, _)| other != name);
            let words = name_of(name, value, shown).unwrap_or_else(|| (t.condition)(name, value));
            Narrowed { name, value: value.clone(), words, without: address("/", &others) }
        };
        self.linked.iter().map(one).collect()
    }

    /// Is it something that the live stream can be narrowed to?
    pub fn is_live(&self) -> bool {
        self.q.is_empty() && !self.linked.iter().any(|(name, _)| matches!(*name, "story" | "since" | "until"))
    }

    /// Where an alert of what is shown is made; none where it would be an alert of everything, or of what is past.
    pub fn alert(&self) -> Option<String> {
        let past = self.linked.iter().any(|(name, _)| matches!(*name, "story" | "since" | "until"));
        (!past && !self.pairs().is_empty()).then(|| address("/alerts", &self.pairs()))
    }

    /// The address of the live stream of what is shown.
    pub fn stream(&self) -> String {
        address("/v1/stream", &self.pairs())
    }
}

/// What a topic, an entity or a place is called in these items.
fn name_of(name: &str, id: &str, shown: &[Item]) -> Option<String> {
    let found = match name {
        // Several may stand in one condition.
        "topic" => shown
            .iter()
            .flat_map(|item| &item.subjects)
            .find(|topic| topic.code == id)
            .map(|topic| &topic.name),
        "entity" => shown
            .iter()
            .flat_map(|item| &item.entities)
            .find(|entity| entity.id == id)
            .map(|entity| &entity.name),
        "place" => shown
            .iter()
            .flat_map(|item| item.event_place.iter().map(|event| &event.place).chain(&item.places))
            .find(|place| place.id == id)
            .map(|place| &place.name),
        _ => None,
    };
    found.cloned()
}

/// An address with parameters.
pub fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// Percent-encoding of a query value (RFC 3986: everything but unreserved characters).
fn escape(value: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    value.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::words::LANGUAGES;
    use super::*;

    #[test]
    fn each_condition_can_be_taken_off_alone() {
        let query = ListQuery {
            q: Some("paro & empleo".to_owned()),
            topic: Some("medtop:09000000".to_owned()),
            near: Some("40.4,-3.7,50".to_owned()),
            source: Some(String::new()),
            ..ListQuery::default()
        };
        let filter = Filter::of(&query);
        assert!(!filter.is_live(), "words are asked of Postgres");
        let topic = ListQuery { topic: query.topic.clone(), ..ListQuery::default() };
        assert!(Filter::of(&topic).is_live());
        assert_eq!(Filter::of(&topic).stream(), "/v1/stream?topic=medtop%3A09000000");
        let narrowed = filter.narrowed(&[], LANGUAGES[0]);
        assert_eq!(
            narrowed.iter().map(|n| n.words.as_str()).collect::<Vec<_>>(),
            ["topic medtop:09000000", "within 50 km of 40.4, -3.7"]
        );
        assert_eq!(narrowed[0].without, "/?q=paro%20%26%20empleo&near=40.4%2C-3.7%2C50");
        assert_eq!(
            filter.exported("csv"),
            "/v1/items?q=paro%20%26%20empleo&topic=medtop%3A09000000&near=40.4%2C-3.7%2C50&format=csv"
        );
        assert_eq!(Filter::of(&ListQuery::default()).older("x"), "/?cursor=x");
        assert!(Filter::of(&ListQuery::default()).is_live());
    }
}
