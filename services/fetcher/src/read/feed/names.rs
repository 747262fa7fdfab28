//! What the elements of feeds are called, in whatever namespace, prefix and case they come.

use super::super::xml::attributes::attributes;

/// A vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ns {
    /// RSS in any version, and elements without a namespace.
    Rss,
    /// Atom 0.3 and 1.0.
    Atom,
    Rdf,
    /// Dublin Core: elements and terms.
    Dc,
    Content,
    Media,
    Itunes,
    /// RSS 1.0's syndication module.
    Syndication,
    Xhtml,
    /// One that feeds are not read by.
    Other,
}

/// The vocabulary of a namespace's name; None where it is not known.
fn of_uri(uri: &str) -> Option<Ns> {
    let uri = uri.trim().to_ascii_lowercase();
    Some(match uri.trim_end_matches(['/', '#']) {
        "" => Ns::Rss,
        "http://www.w3.org/2005/atom"
        | "https://www.w3.org/2005/atom"
        | "http://purl.org/atom/ns"
        | "http://purl.org/echo"
        | "http://purl.org/pie"
        | "http://example.com/newformat"
        | "http://example.com/necho"
        | "uri/of/echo/namespace" => Ns::Atom,
        "http://purl.org/rss/1.0"
        | "http://my.netscape.com/rdf/simple/0.9"
        | "http://channel.netscape.com/rdf/simple/0.9"
        | "http://purl.org/net/rss1.1"
        | "http://blogs.law.harvard.edu/tech/rss"
        | "http://cyber.law.harvard.edu/rss"
        | "http://cyber.law.harvard.edu/rss/rss.html" => Ns::Rss,
        u if u.starts_with("http://backend.userland.com/rss") => Ns::Rss,
        u if u.starts_with("http://my.netscape.com/publish/formats/rss") => Ns::Rss,
        u if u.starts_with("http://purl.org/dc/") => Ns::Dc,
        u if u.starts_with("http://purl.org/rss/1.0/modules/content") => Ns::Content,
        u if u.starts_with("http://purl.org/rss/1.0/modules/syndication") => Ns::Syndication,
        u if u.contains("search.yahoo.com/mrss") => Ns::Media,
        u if u.contains("podcast-1.0.dtd") => Ns::Itunes,
        "http://www.w3.org/1999/02/22-rdf-syntax-ns" => Ns::Rdf,
        "http://www.w3.org/1999/xhtml" => Ns::Xhtml,
        _ => return None,
    })
}

/// What a prefix means where nobody says.
fn of_prefix(prefix: &str) -> Ns {
    match prefix.to_ascii_lowercase().as_str() {
        "" | "rss" => Ns::Rss,
        "atom" | "atom10" | "atom03" => Ns::Atom,
        "rdf" => Ns::Rdf,
        "dc" | "dcterms" => Ns::Dc,
        "content" => Ns::Content,
        "media" => Ns::Media,
        "itunes" => Ns::Itunes,
        "sy" => Ns::Syndication,
        "xhtml" => Ns::Xhtml,
        _ => Ns::Other,
    }
}

/// Prefixes that one document may have bound at a time.
const MOST_BOUND: usize = 128;

/// What prefixes mean at one place in a document.
#[derive(Debug, Default)]
pub struct Namespaces<'a> {
    bound: Vec<(&'a str, Ns)>,
    /// Prefixes that were used and never declared.
    pub unbound: Vec<&'a str>,
}

impl<'a> Namespaces<'a> {
    /// Binds what a tag declares; answers with how many, to be given to [`Self::unbind`] at its end.
    pub fn bind(&mut self, tag_attributes: &'a str) -> usize {
        let before = self.bound.len();
        if memchr::memmem::find(tag_attributes.as_bytes(), b"xmlns").is_none() {
            return 0;
        }
        for (name, value) in attributes(tag_attributes) {
            let prefix = match name.split_once(':') {
                None if name == "xmlns" => "",
                Some(("xmlns", prefix)) => prefix,
                _ => continue,
            };
            if self.bound.len() < MOST_BOUND {
                self.bound.push((prefix, of_uri(value).unwrap_or_else(|| of_prefix(prefix))));
            }
        }
        self.bound.len() - before
    }

    /// Forgets the last `count` that were bound.
    pub fn unbind(&mut self, count: usize) {
        self.bound.truncate(self.bound.len() - count);
    }

    /// The vocabulary of a name with this prefix.
    pub fn of(&mut self, prefix: &'a str) -> Ns {
        if let Some((_, ns)) = self.bound.iter().rev().find(|(p, _)| *p == prefix) {
            return *ns;
        }
        if !prefix.is_empty() && prefix != "xml" && self.unbound.len() < 16 && !self.unbound.contains(&prefix)
        {
            self.unbound.push(prefix);
        }
        of_prefix(prefix)
    }
}

/// What an element is to a reader of feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// `rss`
    Rss,
    /// `rdf:RDF`
    Rdf,
    /// `feed`
    Feed,
    Channel,
    /// `item`, `entry`
    Item,
    Title,
    Link,
    /// `guid`, `id`
    Id,
    /// `description`, `tagline`, `subtitle`, `abstract`, of an item its teaser.
    Description,
    /// `summary`
    Summary,
    /// Full text.
    Content,
    Published,
    Updated,
    Created,
    Author,
    /// `name` of an author.
    Name,
    /// `email` of an author.
    Email,
    Category,
    Language,
    Copyright,
    Ttl,
    UpdatePeriod,
    UpdateFrequency,
    SkipHours,
    SkipDays,
    Hour,
    Day,
    Enclosure,
    /// `media:content`
    MediaContent,
    /// `media:group`
    MediaGroup,
    MediaThumbnail,
    MediaTitle,
    MediaDescription,
    MediaCredit,
    /// Of an entry, where it was taken from; its fields are not the entry's.
    Source,
    /// `image`, `textinput`, `contributor`…: holds fields of its own.
    Aside,
    /// Anything else.
    Unknown,
}

/// Longer names are no feed's.
const LONGEST: usize = 20;

/// What the element of this local name in this vocabulary is.
pub fn element(ns: Ns, local: &str) -> Element {
    let mut buffer = [0_u8; LONGEST];
    let Some(lower) = buffer.get_mut(..local.len()) else { return Element::Unknown };
    lower.copy_from_slice(local.as_bytes());
    lower.make_ascii_lowercase();
    let Ok(lower) = std::str::from_utf8(lower) else { return Element::Unknown };
    match ns {
        Ns::Rss | Ns::Atom => core(lower),
        Ns::Rdf if lower == "rdf" => Element::Rdf,
        Ns::Dc => match lower {
            "title" => Element::Title,
            "description" | "abstract" => Element::Description,
            "date" | "modified" => Element::Updated,
            "issued" | "available" => Element::Published,
            "created" => Element::Created,
            "creator" | "author" => Element::Author,
            "subject" => Element::Category,
            "language" => Element::Language,
            "rights" => Element::Copyright,
            "identifier" => Element::Id,
            _ => Element::Unknown,
        },
        Ns::Content if matches!(lower, "encoded" | "content") => Element::Content,
        Ns::Xhtml if matches!(lower, "body" | "div") => Element::Content,
        Ns::Media => match lower {
            "content" => Element::MediaContent,
            "group" => Element::MediaGroup,
            "thumbnail" => Element::MediaThumbnail,
            "title" => Element::MediaTitle,
            "description" => Element::MediaDescription,
            "credit" => Element::MediaCredit,
            _ => Element::Unknown,
        },
        Ns::Itunes => match lower {
            "author" => Element::Author,
            "summary" => Element::Summary,
            "category" => Element::Category,
            "title" => Element::MediaTitle,
            "owner" => Element::Aside,
            _ => Element::Unknown,
        },
        Ns::Syndication => match lower {
            "updateperiod" => Element::UpdatePeriod,
            "updatefrequency" => Element::UpdateFrequency,
            _ => Element::Unknown,
        },
        _ => Element::Unknown,
    }
}

fn core(lower: &str) -> Element {
    match lower {
        "item" | "entry" => Element::Item,
        "title" => Element::Title,
        "link" => Element::Link,
        "guid" | "id" => Element::Id,
        "description" | "abstract" | "tagline" | "subtitle" => Element::Description,
        "summary" => Element::Summary,
        "content" | "fullitem" | "body" => Element::Content,
        "pubdate" | "published" | "issued" => Element::Published,
        "updated" | "modified" | "lastbuilddate" => Element::Updated,
        "created" => Element::Created,
        "author" | "managingeditor" => Element::Author,
        "name" => Element::Name,
        "email" => Element::Email,
        "category" => Element::Category,
        "language" => Element::Language,
        "rights" | "copyright" => Element::Copyright,
        "ttl" => Element::Ttl,
        "skiphours" => Element::SkipHours,
        "skipdays" => Element::SkipDays,
        "hour" => Element::Hour,
        "day" => Element::Day,
        "enclosure" => Element::Enclosure,
        "source" => Element::Source,
        "image" | "textinput" | "contributor" | "generator" | "cloud" => Element::Aside,
        "channel" => Element::Channel,
        "rss" => Element::Rss,
        "feed" => Element::Feed,
        "rdf" => Element::Rdf,
        _ => Element::Unknown,
    }
}
