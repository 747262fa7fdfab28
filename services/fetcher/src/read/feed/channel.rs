//! What a feed says about itself.

use super::names::{Element, Ns};
use super::{Reader, form};
use crate::read::entry::{address, trimmed};
use crate::read::xml::Tag;
use crate::read::xml::attributes::{attributes, get};

/// Hubs that are kept.
const MOST_HUBS: usize = 8;

/// `sy:updatePeriod` and `sy:updateFrequency`.
#[derive(Debug, Default)]
pub(super) struct Pace {
    period: Option<u32>,
    frequency: Option<f64>,
}

impl Pace {
    /// Minutes between updates. Spellings are those seen in feeds.
    fn period(&mut self, text: &str) {
        self.period = match text.trim().to_ascii_lowercase().as_str() {
            "minutely" => Some(1),
            "hourly" | "hour" => Some(60),
            "daily" | "dayly" | "day" => Some(24 * 60),
            "weekly" | "week" => Some(7 * 24 * 60),
            "monthly" | "month" => Some(30 * 24 * 60),
            "yearly" | "year" => Some(365 * 24 * 60),
            _ => None,
        };
    }

    pub(super) fn minutes(&self) -> Option<u32> {
        let period = f64::from(self.period?);
        let minutes = (period / self.frequency.unwrap_or(1.0)).round();
        // The cast cannot lose anything between these.
        (1.0..=2.0 * 366.0 * 24.0 * 60.0).contains(&minutes).then_some(minutes as u32)
    }
}

/// `xml:lang`.
pub(super) fn xml_lang(tag: Tag<'_>) -> Option<String> {
    attributes(tag.attributes).find(|(name, _)| *name == "xml:lang").and_then(|(_, value)| trimmed(value))
}

impl<'a> Reader<'a, '_> {
    /// What the root's tag says.
    pub(super) fn describe_root(&mut self, tag: Tag<'a>, found: Element) {
        self.atom = found == Element::Feed;
        let namespace = attributes(tag.attributes).find(|(n, _)| *n == "xmlns").map(|(_, v)| v.trim());
        let version = get(tag.attributes, "version").map(str::trim);
        self.meta.form = form::name(found, version, tag.attributes);
        self.meta.language = xml_lang(tag);
        match (found, namespace) {
            (Element::Rss, Some(uri)) if !uri.is_empty() => self.tally.add("root_namespace"),
            (Element::Feed, Some(uri)) if !uri.eq_ignore_ascii_case("http://www.w3.org/2005/Atom") => {
                self.tally.add("old_namespace");
            }
            (Element::Rdf, Some(uri)) if !uri.starts_with("http://purl.org/rss/1.0") => {
                self.tally.add("old_namespace");
            }
            _ => {}
        }
        match (found, version) {
            (Element::Rss, None) => self.tally.add("no_version"),
            (Element::Rss, Some(v)) if !matches!(v, "2.0" | "0.91" | "0.92") => self.tally.add("odd_version"),
            _ => {}
        }
    }

    /// Takes the field of the feed that this tag opens; see [`Self::field`].
    pub(super) fn channel_field(&mut self, tag: Tag<'a>, found: Element, ns: Ns) -> bool {
        match found {
            Element::Channel => {
                self.meta.language = self.meta.language.take().or_else(|| xml_lang(tag));
                return false;
            }
            Element::Title => {
                let depth = self.depth();
                let text = self.html(tag, found, ns);
                if let Some(title) = trimmed(&text) {
                    self.title.set(depth, title);
                }
            }
            Element::Link => return self.feed_link(tag),
            Element::Language => {
                let text = self.plain(tag, found);
                self.meta.language = trimmed(&text).or(self.meta.language.take());
            }
            Element::Copyright => {
                let text = self.html(tag, found, ns);
                self.meta.copyright = self.meta.copyright.take().or_else(|| trimmed(&text));
            }
            Element::Ttl => {
                let text = self.plain(tag, found);
                self.meta.ttl_minutes = text.trim().parse().ok().or(self.meta.ttl_minutes);
            }
            Element::UpdatePeriod => {
                let text = self.plain(tag, found);
                self.sy.period(&text);
            }
            Element::UpdateFrequency => {
                let text = self.plain(tag, found);
                // 0.1 was seen.
                self.sy.frequency = text.trim().parse().ok().filter(|f: &f64| f.is_finite() && *f > 0.0);
            }
            Element::Hour if self.inside() == Element::SkipHours => {
                let text = self.plain(tag, found);
                // RSS 0.91 counted from 1 to 24.
                let hour = text.trim().parse::<u8>().ok().filter(|h| *h <= 24).map(|h| h % 24);
                self.meta.skip_hours.extend(hour.filter(|h| !self.meta.skip_hours.contains(h)));
            }
            Element::Day if self.inside() == Element::SkipDays => {
                let text = self.plain(tag, found);
                let day = weekday(&text).filter(|d| !self.meta.skip_days.contains(d));
                self.meta.skip_days.extend(day);
            }
            Element::Description | Element::Summary | Element::Content => {
                // Not kept, but read as text, so that no markup in it is taken for a field.
                self.html(tag, found, ns);
            }
            _ => return false,
        }
        true
    }

    fn feed_link(&mut self, tag: Tag<'a>) -> bool {
        let Some(href) = self.attribute(tag, "href") else {
            self.plain(tag, Element::Link);
            return true;
        };
        let rel = self.attribute(tag, "rel").unwrap_or_default().trim().to_ascii_lowercase();
        let Some(href) = address(&href).map(|h| self.bases.resolve(h)) else { return false };
        match rel.as_str() {
            "hub" if self.meta.hubs.len() < MOST_HUBS && !self.meta.hubs.contains(&href) => {
                self.meta.hubs.push(href);
            }
            "self" => self.meta.self_link = self.meta.self_link.take().or(Some(href)),
            _ => {}
        }
        false
    }
}

/// Monday is 0.
fn weekday(text: &str) -> Option<u8> {
    let lower = text.trim().to_ascii_lowercase();
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    names.iter().position(|n| lower.starts_with(n)).and_then(|n| u8::try_from(n).ok())
}
