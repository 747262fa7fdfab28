//! Sitemaps and sitemap indexes (sitemaps.org 0.9) with Google's news, image and video blocks.

use wiredesk_contract::media::Media;

use super::super::{Child, Document, Hints, Tally};
use super::draft::{Draft, date};
use super::html::is_web;
use super::items::{self, Shape};
use super::tree::El;

/// Reads a sitemap: an entry for each page.
pub(super) fn pages(text: &str, shape: &Shape<'_>, hints: &Hints, repairs: &mut Tally) -> Document {
    let mut document =
        items::read(text, shape, repairs, |_, _| {}, |url, document| page(url, hints, document).map(Some));
    let news = document.entries.iter().any(|e| !e.title.is_empty());
    document.meta.form = if news { "news sitemap" } else { "sitemap" };
    document
}

/// Reads a sitemap index: its sitemaps as [`Document::children`].
pub(super) fn index(text: &str, shape: &Shape<'_>, hints: &Hints, repairs: &mut Tally) -> Document {
    let mut document = items::read(
        text,
        shape,
        repairs,
        |_, _| {},
        |map, document| {
            let url = location(map, hints).ok_or("it names no sitemap")?;
            let modified = date(map.text_of("lastmod"), hints);
            document.children.push(Child { url, modified });
            Ok(None)
        },
    );
    document.meta.form = "sitemap index";
    document
}

fn page(url: El<'_>, hints: &Hints, document: &mut Document) -> Result<Draft, String> {
    let mut draft = Draft::default();
    draft.entry.link = Some(location(url, hints).ok_or("it names no page")?);
    draft.entry.updated = date(url.text_of("lastmod"), hints);
    if let Some(news) = url.child("news") {
        draft.title(news.text_of("title"));
        draft.entry.published = date(news.text_of("publication_date"), hints);
        if let Some(publication) = news.child("publication") {
            draft.entry.language = publication.text_of("language");
            document.meta.title = document.meta.title.take().or_else(|| publication.text_of("name"));
        }
        for keyword in news.text_of("keywords").iter().flat_map(|k| k.split(',')) {
            draft.category(super::draft::line(keyword));
        }
    }
    for image in url.all("image") {
        if let Some(url) = location(image, hints) {
            let caption = image.text_of("caption").or_else(|| image.text_of("title"));
            draft.media(Media { url, content_type: None, caption, credit: None });
        }
    }
    if let Some(video) = url.child("video") {
        draft.title(video.text_of("title"));
        draft.summary(video.text_of("description"));
        draft.entry.published =
            draft.entry.published.or_else(|| date(video.text_of("publication_date"), hints));
    }
    Ok(draft)
}

/// `loc`, absolute.
fn location(el: El<'_>, hints: &Hints) -> Option<String> {
    let given = el.text_of("loc")?;
    if is_web(&given) {
        return Some(given);
    }
    let base = url::Url::parse(hints.url.as_deref()?).ok()?;
    let url = base.join(&given).ok()?;
    is_web(url.as_str()).then(|| url.into())
}
