//! Atom 1.0.

use super::{full_html, rfc3339};
use crate::edition::Edition;
use crate::settings::Settings;
use crate::wires::Wire;
use wiredesk_contract::escape::escaped;

/// The feed.
pub(super) fn feed(settings: &Settings, wire: &Wire, items: &[&Edition]) -> String {
    let updated = items.iter().map(|edition| edition.updated).max().unwrap_or(settings.epoch);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n<title>{}</title>\n\
         <id>{base}{path}</id>\n<link rel=\"self\" href=\"{base}{path}\"/>\n<link href=\"{base}/{}/\"/>\n<updated>{}</updated>\n\
         <author><name>{}</name></author>\n",
        wire.language,
        escaped(wire.name),
        wire.path,
        rfc3339(updated),
        escaped(wire.agency.unwrap_or(wire.name)),
        base = settings.base_url,
        path = wire.feed_path(),
    );
    for edition in items {
        xml.push_str(&format!(
            "<entry>\n<title>{}</title>\n<id>{}</id>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n\
             <published>{}</published>\n<updated>{}</updated>\n<category term=\"{}\"/>\n<summary>{}</summary>\n",
            escaped(&edition.title),
            escaped(&edition.guid),
            escaped(&edition.link),
            rfc3339(edition.published),
            rfc3339(edition.updated),
            escaped(&edition.section),
            escaped(&edition.teaser),
        ));
        if let Some(byline) = &edition.byline {
            xml.push_str(&format!("<author><name>{}</name></author>\n", escaped(byline)));
        }
        if wire.full {
            xml.push_str(&format!("<content type=\"html\">{}</content>\n", escaped(&full_html(edition))));
        }
        xml.push_str("</entry>\n");
    }
    xml.push_str("</feed>\n");
    xml
}
