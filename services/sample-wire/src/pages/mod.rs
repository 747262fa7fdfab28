//! The article pages, each in the manner of its site.

mod europapress;
mod forum;
mod outlet;
mod plain;

use crate::edition::Edition;
use crate::settings::Settings;
use crate::wires::Look;
use wiredesk_contract::escape::escaped;

/// The page of an edition; `others` are other items of the same wire, for menus and related links.
pub(crate) fn render(settings: &Settings, edition: &Edition, others: &[&Edition]) -> String {
    match edition.wire.look {
        Look::EuropaPress => europapress::page(settings, edition, others),
        Look::Forum => forum::page(settings, edition),
        Look::Outlet(number) => outlet::page(settings, number, edition, others),
        Look::Plain => plain::page(edition),
    }
}

/// What a page of this look shows and clean copy must not.
pub(crate) fn chrome(look: Look) -> &'static [&'static str] {
    match look {
        Look::EuropaPress => europapress::CHROME,
        Look::Forum => forum::CHROME,
        Look::Outlet(_) => outlet::CHROME,
        Look::Plain => &[],
    }
}

fn paragraphs(lines: &[String]) -> String {
    lines.iter().map(|line| format!("<p>{}</p>\n", escaped(line))).collect()
}

fn links(others: &[&Edition], count: usize) -> String {
    let mut out = String::new();
    for other in others.iter().take(count) {
        out.push_str(&format!(
            "<li><a href=\"{}\">{}</a></li>\n",
            escaped(&other.link),
            escaped(&other.title)
        ));
    }
    out
}
