//! The feeds, each in the form of its site.

mod atom;
mod json;
mod rdf;
mod rss;

use wiredesk_contract::Timestamp;

use crate::edition::Edition;
use crate::settings::Settings;
use crate::wires::{Format, Wire};
use wiredesk_contract::escape::escaped;

/// A document with its media type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Document {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// The feed of `wire` with these items.
pub(crate) fn render(settings: &Settings, wire: &Wire, items: &[&Edition]) -> Document {
    let (content_type, text) = match wire.format {
        Format::EuropaPress => ("text/xml; charset=utf-8", rss::europapress(settings, wire, items)),
        Format::Rss | Format::RssBroken => {
            ("application/rss+xml; charset=utf-8", rss::plain(settings, wire, items))
        }
        Format::RssTruncated => ("application/rss+xml; charset=utf-8", rss::truncated(settings, wire, items)),
        Format::RssLatin1 => {
            let text = rss::plain(settings, wire, items);
            let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
            return Document { content_type: "text/xml; charset=ISO-8859-1", bytes: bytes.into_owned() };
        }
        Format::Rdf => ("application/rdf+xml; charset=utf-8", rdf::feed(settings, wire, items)),
        Format::Atom => ("application/atom+xml; charset=utf-8", atom::feed(settings, wire, items)),
        Format::Json => ("application/feed+json; charset=utf-8", json::feed(settings, wire, items)),
        Format::Gone => ("text/plain; charset=utf-8", "Este servicio ha dejado de prestarse.\n".to_owned()),
        Format::Login => ("text/html; charset=utf-8", LOGIN.to_owned()),
    };
    Document { content_type, bytes: text.into_bytes() }
}

const LOGIN: &str = "<!DOCTYPE html>\n<html lang=\"es\"><head><title>Identificación de abonados</title></head>\n\
<body><h1>Identificación de abonados</h1><form method=\"post\" action=\"/muro/entrar\">\n\
<label>Usuario <input name=\"usuario\"></label> <label>Clave <input name=\"clave\" type=\"password\"></label>\n\
<button>Entrar</button></form><p>¿Ha olvidado su clave? Llame al servicio de abonados.</p></body></html>\n";

/// `Tue, 24 Nov 2026 14:30:00 GMT`.
pub(crate) fn http_date(time: Timestamp) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn rfc3339(time: Timestamp) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The whole text as HTML paragraphs, with what the agency prints around it.
pub(crate) fn full_html(edition: &Edition) -> String {
    let mut html = String::new();
    for line in edition.with_dateline() {
        html.push_str(&format!("<p>{}</p>\n", escaped(&line)));
    }
    if let Some(footer) = footer(edition) {
        html.push_str(&format!("<p>{}</p>\n", escaped(&footer)));
    }
    html
}

/// The copyright line that an agency prints under its text.
pub(crate) fn footer(edition: &Edition) -> Option<String> {
    let year = edition.published.format("%Y");
    match edition.wire.path {
        "efe" => Some(format!(
            "© EFE {year}. Está expresamente prohibida la redistribución y la redifusión de este contenido."
        )),
        "ansa" => Some("Riproduzione riservata © Copyright ANSA".to_owned()),
        "dpa" => {
            let number = 10_000 + edition.slug.bytes().map(u32::from).sum::<u32>();
            let version = if edition.change == wiredesk_contract::Change::New { 1 } else { 2 };
            Some(format!("© dpa-infocom, dpa:{}-930-{number}/{version}", edition.published.format("%y%m%d")))
        }
        _ => None,
    }
}
