//! What relative addresses are relative to.

use url::Url;

use crate::read::xml::Tag;
use crate::read::xml::attributes::attributes;

/// A longer address is none.
const LONGEST: usize = 4096;

/// The bases that are in force, the innermost last.
#[derive(Debug, Default)]
pub(super) struct Bases(Vec<Url>);

impl Bases {
    /// Starts with where the document was fetched.
    pub(super) fn new(url: Option<&str>) -> Self {
        Self(url.and_then(|u| Url::parse(u.trim()).ok()).into_iter().collect())
    }

    /// Takes the `xml:base` of a tag; answers whether it has one, to be given to [`Self::leave`] at its end.
    pub(super) fn enter(&mut self, tag: Tag<'_>) -> bool {
        if memchr::memmem::find(tag.attributes.as_bytes(), b"base").is_none() {
            return false;
        }
        let Some((_, value)) = attributes(tag.attributes).find(|(name, _)| *name == "xml:base") else {
            return false;
        };
        let value = value.trim();
        let base = self.0.last().map_or_else(|| Url::parse(value).ok(), |outer| outer.join(value).ok());
        let Some(base) = base.filter(|b| b.as_str().len() <= LONGEST) else { return false };
        self.0.push(base);
        true
    }

    /// Ends what [`Self::enter`] began.
    pub(super) fn leave(&mut self, entered: bool) {
        if entered {
            self.0.pop();
        }
    }

    /// The address, absolute where a base is known; one that is absolute stays as it was given. So does one that is empty
    /// or has markup in it: joined to a base it would look like an address, and a broken item like one with a link.
    pub(super) fn resolve(&self, address: String) -> String {
        let Some(base) = self.0.last() else { return address };
        if address.is_empty() || address.contains('<') || has_scheme(&address) || address.len() > LONGEST {
            return address;
        }
        base.join(&address).map_or(address, Into::into)
    }
}

fn has_scheme(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}
