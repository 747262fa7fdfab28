//! Addresses of pictures and the like.

use url::Url;
use wiredesk_contract::media::Media;

use super::super::Hints;
use super::draft::Draft;
use super::html::is_web;
use super::tree::El;

/// An absolute web address; one that is relative is resolved where it looks like a file's. Agencies also put bare ids
/// into places for addresses.
pub(super) fn address(given: &str, hints: &Hints) -> Option<String> {
    let given = given.trim();
    if is_web(given) {
        return Some(given.to_owned());
    }
    let name = given.rsplit('/').next().unwrap_or_default();
    if given.contains(char::is_whitespace) || !name.contains('.') {
        return None;
    }
    let url = Url::parse(hints.url.as_deref()?).ok()?.join(given).ok()?;
    is_web(url.as_str()).then(|| url.into())
}

/// Pictures inside a copy in HTML: `img`, with the caption of the `figure` around it.
pub(super) fn of_html(copy: El<'_>, hints: &Hints, draft: &mut Draft) {
    for figure in copy.every("figure") {
        let caption = figure.find("figcaption").and_then(El::text);
        for image in figure.every("img") {
            picture(image, caption.clone(), hints, draft);
        }
    }
    for image in copy.every("img") {
        picture(image, None, hints, draft);
    }
}

fn picture(image: El<'_>, caption: Option<String>, hints: &Hints, draft: &mut Draft) {
    let Some(url) = image.attr("src").and_then(|s| address(s, hints)) else { return };
    let caption = caption.or_else(|| image.attr("alt").and_then(super::draft::line));
    draft.media(Media { url, content_type: None, caption, credit: None });
}
