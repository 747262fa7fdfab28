//! RSS 2.0: as Europa Press prints it, plain, with a broken item, and cut off.

use super::{full_html, http_date};
use crate::edition::Edition;
use crate::settings::Settings;
use crate::wires::{Format, Look, Wire};
use wiredesk_contract::escape::escaped;

/// No title, no link, no guid and no text can be had of it by any reading; its neighbours are whole.
const BROKEN: &str = "<item>\n<title><b></title></b>\n<link><guid></link></guid>\n<pubDate>&&&</pubdate>\n<descri <\n</item>\n";

fn built(settings: &Settings, items: &[&Edition]) -> String {
    http_date(items.iter().map(|edition| edition.updated).max().unwrap_or(settings.epoch))
}

/// Two minutes of ttl, padded links and guids, false enclosure lengths, teasers that open with `&nbsp;`.
pub(super) fn europapress(settings: &Settings, wire: &Wire, items: &[&Edition]) -> String {
    let base = &settings.base_url;
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:media=\"http://search.yahoo.com/mrss/\">\n<channel>\n\
         <title>{}</title>\n<link>{base}/{}/</link>\n<description>Noticias de actualidad</description>\n<language>es-ES</language>\n\
         <copyright>Copyright Europa Press (muestra inventada)</copyright>\n<lastBuildDate>{}</lastBuildDate>\n<ttl>2</ttl>\n",
        escaped(wire.name),
        wire.path,
        built(settings, items)
    );
    for edition in items {
        let link = escaped(&edition.link);
        xml.push_str(&format!(
            "<item>\n<title>{}</title>\n<link>\n      {link}\n    </link>\n<description>{}</description>\n\
             <pubDate>{}</pubDate>\n<category>{}</category>\n<guid isPermaLink=\"true\">\n      {link}\n    </guid>\n",
            escaped(&edition.title),
            escaped(&format!("&nbsp;&nbsp;&nbsp;{}", escaped(&edition.teaser))),
            http_date(edition.published),
            escaped(&edition.section),
        ));
        if edition.photo {
            let photo = format!(
                "{base}/{}/fotonoticia_{}_120.jpg",
                wire.path,
                edition.published.format("%Y%m%d%H%M%S")
            );
            xml.push_str(&format!("<enclosure url=\"{photo}\" length=\"4096\" type=\"image/jpeg\" />\n"));
        }
        xml.push_str("</item>\n");
    }
    xml.push_str("</channel>\n</rss>\n");
    xml
}

/// Plain RSS 2.0; with the text where the wire sends it in the feed.
pub(super) fn plain(settings: &Settings, wire: &Wire, items: &[&Edition]) -> String {
    let encoding = if wire.format == Format::RssLatin1 { "ISO-8859-1" } else { "UTF-8" };
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"{encoding}\"?>\n<rss version=\"2.0\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n\
         <title>{}</title>\n<link>{}/{}/</link>\n<description>{}</description>\n<language>{}</language>\n<lastBuildDate>{}</lastBuildDate>\n",
        escaped(wire.name),
        settings.base_url,
        wire.path,
        escaped(wire.name),
        wire.language,
        built(settings, items)
    );
    for (index, edition) in items.iter().enumerate() {
        if wire.format == Format::RssBroken && index == items.len() / 2 {
            xml.push_str(BROKEN);
        }
        xml.push_str(&item(wire, edition));
    }
    xml.push_str("</channel>\n</rss>\n");
    xml
}

/// The connection broke in the item after the last: every item before it is whole.
pub(super) fn truncated(settings: &Settings, wire: &Wire, items: &[&Edition]) -> String {
    let whole = plain(settings, wire, items);
    let cut = whole.find("</channel>").unwrap_or(whole.len());
    format!("{}<item>\n<tit", &whole[..cut])
}

fn item(wire: &Wire, edition: &Edition) -> String {
    let mut xml = format!(
        "<item>\n<title>{}</title>\n<link>{}</link>\n",
        escaped(&edition.title),
        escaped(&edition.link)
    );
    if !edition.guid.is_empty() {
        let permanent = edition.guid == edition.link;
        xml.push_str(&format!("<guid isPermaLink=\"{permanent}\">{}</guid>\n", escaped(&edition.guid)));
    }
    let teaser = match wire.look {
        Look::Forum => {
            escaped(&format!("<i>{}</i><br />{}", escaped(&edition.title), escaped(&edition.teaser)))
        }
        _ => escaped(&escaped(&edition.teaser)),
    };
    xml.push_str(&format!(
        "<description>{teaser}</description>\n<pubDate>{}</pubDate>\n<category>{}</category>\n",
        http_date(edition.published),
        escaped(&edition.section)
    ));
    if let Some(byline) = &edition.byline {
        xml.push_str(&format!("<dc:creator>{}</dc:creator>\n", escaped(byline)));
    }
    if wire.full {
        xml.push_str(&format!("<content:encoded><![CDATA[{}]]></content:encoded>\n", full_html(edition)));
    }
    xml.push_str("</item>\n");
    xml
}
