//! RSS 1.0: an RDF document, items beside the channel, `dc:date` for the time.

use super::{full_html, rfc3339};
use crate::edition::Edition;
use crate::settings::Settings;
use crate::wires::Wire;
use wiredesk_contract::escape::escaped;

/// The feed.
pub(super) fn feed(settings: &Settings, wire: &Wire, items: &[&Edition]) -> String {
    let home = format!("{}/{}/", settings.base_url, wire.path);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
         xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\n<channel rdf:about=\"{home}\">\n<title>{name}</title>\n\
         <link>{home}</link>\n<description>{name}</description>\n<dc:language>{}</dc:language>\n<items><rdf:Seq>\n",
        wire.language,
        name = escaped(wire.name),
    );
    for edition in items {
        xml.push_str(&format!("<rdf:li rdf:resource=\"{}\"/>\n", escaped(&edition.link)));
    }
    xml.push_str("</rdf:Seq></items>\n</channel>\n");
    for edition in items {
        let link = escaped(&edition.link);
        xml.push_str(&format!(
            "<item rdf:about=\"{link}\">\n<title>{}</title>\n<link>{link}</link>\n<description>{}</description>\n\
             <dc:date>{}</dc:date>\n<dc:subject>{}</dc:subject>\n<content:encoded><![CDATA[{}]]></content:encoded>\n</item>\n",
            escaped(&edition.title),
            escaped(&escaped(&edition.teaser)),
            rfc3339(edition.published),
            escaped(&edition.section),
            full_html(edition)
        ));
    }
    xml.push_str("</rdf:RDF>\n");
    xml
}
