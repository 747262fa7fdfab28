//! The attributes of an element that say something here, found in one pass.

use dom_query::Element;

/// Their values; of two of one name the first.
#[derive(Default)]
pub(crate) struct Attributes<'a> {
    pub(crate) class: Option<&'a str>,
    pub(crate) id: Option<&'a str>,
    pub(crate) property: Option<&'a str>,
    pub(crate) rel: Option<&'a str>,
    pub(crate) style: Option<&'a str>,
    pub(crate) hidden: Option<&'a str>,
    pub(crate) datetime: Option<&'a str>,
    pub(crate) content: Option<&'a str>,
    pub(crate) pubdate: Option<&'a str>,
    pub(crate) href: Option<&'a str>,
    /// What sites name parts of theirs by, the likeliest to say something first.
    pub(crate) tests: [Option<&'a str>; 6],
}

impl<'a> Attributes<'a> {
    pub(crate) fn of(element: &'a Element) -> Self {
        let mut out = Self::default();
        for attr in &element.attrs {
            let slot = match &*attr.name.local {
                "class" => &mut out.class,
                "id" => &mut out.id,
                "itemprop" => &mut out.property,
                "rel" => &mut out.rel,
                "style" => &mut out.style,
                "hidden" => &mut out.hidden,
                "datetime" => &mut out.datetime,
                "content" => &mut out.content,
                "pubdate" => &mut out.pubdate,
                "href" => &mut out.href,
                "data-testid" => &mut out.tests[0],
                "data-component" => &mut out.tests[1],
                "data-qa" => &mut out.tests[2],
                "data-module" => &mut out.tests[3],
                "role" => &mut out.tests[4],
                "data-type" => &mut out.tests[5],
                _ => continue,
            };
            slot.get_or_insert(&attr.value);
        }
        out
    }
}

/// Parts of an address below which sites have pages of their authors.
const AUTHORS: &[&str] = &[
    "author",
    "authors",
    "autor",
    "autores",
    "autoren",
    "auteur",
    "auteurs",
    "autore",
    "autori",
    "blogger",
    "columnist",
    "columnists",
    "contributor",
    "contributors",
    "forfatter",
    "journalist",
    "journalists",
    "journaliste",
    "people",
    "person",
    "profile",
    "profiles",
    "reporter",
    "reporters",
    "skribent",
    "staff",
    "writer",
    "writers",
];

/// Does an address name the page of an author?
pub(crate) fn of_author(address: &str) -> bool {
    let mut parts = address.split('/');
    parts.any(named) && parts.next().is_some_and(|name| !name.is_empty())
}

fn named(part: &str) -> bool {
    // Nearly all parts of addresses are done with at their length or first letter.
    let first = part.bytes().next().map(|b| b.to_ascii_lowercase());
    (5..=12).contains(&part.len())
        && matches!(first, Some(b'a' | b'b' | b'c' | b'f' | b'j' | b'p' | b'r' | b's' | b'w'))
        && AUTHORS.iter().any(|a| a.eq_ignore_ascii_case(part))
}

/// Might this attribute of a link, as it is written, be such an address?
pub(crate) fn may_be_of_author(attribute: &str) -> bool {
    let Some((_, value)) = attribute.split_once('=') else { return false };
    // A reference may stand for any letter.
    if value.contains('&') && (value.contains("&#") || value.contains("&sol;")) {
        return true;
    }
    let value = value.trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '"' | '\''));
    let mut from = 0;
    memchr::memchr_iter(b'/', value.as_bytes()).any(|at| {
        let part = value.get(from..at).unwrap_or_default();
        from = at + 1;
        named(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_authors_are_known_by_their_address() {
        for (address, wanted) in [
            ("/author/ada-quill", true),
            ("https://gaceta.example/Autores/ada/", true),
            ("author/ada", true),
            ("/authors/", false),
            ("/authors", false),
            ("/authority/ada", false),
            ("/news/ada", false),
        ] {
            assert_eq!(of_author(address), wanted, "{address}");
            assert!(!wanted || may_be_of_author(&format!("href='{address}'")), "{address}");
        }
        assert!(may_be_of_author("href=/auth&#111;r/ada") && !may_be_of_author("href=/news/ada"));
    }
}
