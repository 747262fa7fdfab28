//! The form of a feed, in words.

use super::names::Element;

/// By its root, version and namespaces.
pub(super) fn name(root: Element, version: Option<&str>, attributes: &str) -> &'static str {
    let version = version.unwrap_or_default();
    match root {
        Element::Rss => match version {
            "0.90" => "RSS 0.90",
            "0.91" => "RSS 0.91",
            "0.92" => "RSS 0.92",
            "0.93" => "RSS 0.93",
            "0.94" => "RSS 0.94",
            v if v.starts_with('2') => "RSS 2.0",
            _ => "RSS",
        },
        Element::Rdf if attributes.contains("netscape.com") => "RSS 0.90",
        Element::Rdf => "RSS 1.0",
        Element::Feed if attributes.to_ascii_lowercase().contains("w3.org/2005/atom") => "Atom 1.0",
        Element::Feed if version == "0.3" || attributes.contains("purl.org/atom/ns") => "Atom 0.3",
        Element::Feed => "Atom",
        Element::Channel => "CDF",
        _ => "RSS",
    }
}
