//! Has an entry changed? A state is what a reader would notice: words, links, pictures, status. What a server touches with every
//! build of the feed is not in it: dates, markup, nonces, tracking, counters, advertisements.

use wiredesk_contract::ContentHash;
use wiredesk_contract::raw::FeedEntry;

use super::canonical;
use crate::address;
use crate::text::{self, Seen};

/// What hashes of this form begin with; those of the first form have no mark.
const FORM: &str = "2:";

/// Hash of an entry's state.
pub fn state_hash(entry: &FeedEntry) -> String {
    let of = |html: &Option<String>| html.as_deref().map(text::seen).unwrap_or_default();
    let (title, summary, content, note) =
        (text::seen(&entry.title), of(&entry.summary_html), of(&entry.content_html), of(&entry.ed_note));
    let link = entry.link.as_deref().map(|l| address::key(l).unwrap_or_else(|| l.to_owned()));
    let status = entry.pub_status.map(|s| s.as_str()).unwrap_or_default();
    let embargo = entry.embargoed_until.map(|t| t.to_rfc3339()).unwrap_or_default();
    let urgency = entry.urgency.map(|u| u.to_string()).unwrap_or_default();
    let mut pictures: Vec<&str> = entry.media.iter().map(|m| text::file_name(&m.url)).collect();
    pictures.sort_unstable();
    pictures.dedup();
    let links = |seen: &Seen| seen.links.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
    let hash = ContentHash::of(&[
        &title.words,
        &summary.words,
        &links(&summary),
        &content.words,
        &links(&content),
        &link.unwrap_or_default(),
        status,
        &embargo,
        &urgency,
        &note.words,
        &entry.authors.join("\n"),
        &pictures.join("\n"),
    ]);
    format!("{FORM}{hash}")
}

/// Is the stored hash that of this entry's state? Hashes of the first form are compared in that form, so that an upgrade sends
/// nothing again.
pub fn same_state(stored: &str, entry: &FeedEntry) -> bool {
    if stored.starts_with(FORM) { stored == state_hash(entry) } else { stored == first_form(entry) }
}

/// As it was: text, link, status, byte for byte.
fn first_form(entry: &FeedEntry) -> String {
    let status = entry.pub_status.map(|s| s.as_str()).unwrap_or_default();
    let embargo = entry.embargoed_until.map(|t| t.to_rfc3339()).unwrap_or_default();
    let link = entry.link.as_deref().map(canonical).unwrap_or_default();
    let or_empty = |t: &Option<String>| t.clone().unwrap_or_default();
    ContentHash::of(&[
        &entry.title,
        &or_empty(&entry.summary_html),
        &or_empty(&entry.content_html),
        &link,
        status,
        &embargo,
        &or_empty(&entry.ed_note),
    ])
    .to_string()
}

#[cfg(test)]
mod tests {
    use wiredesk_contract::media::Media;

    use super::*;

    fn entry(html: &str) -> FeedEntry {
        FeedEntry {
            guid: Some("g".to_owned()),
            link: Some("https://www.w.example/1".to_owned()),
            title: "Una nota".to_owned(),
            content_html: Some(html.to_owned()),
            ..FeedEntry::default()
        }
    }

    #[test]
    fn what_a_build_touches_is_no_edit() {
        for (what, before, after) in [
            ("white space", "<p>Una  cosa</p>\n<p>y otra</p>", "<p>Una cosa</p><p>y\u{a0}otra </p>"),
            ("references", "<p>Mañana &amp; más</p>", "<p>Ma&ntilde;ana &#38; m&aacute;s</p>"),
            ("markup", "<p class=a>Una <b>cosa</b></p>", "<div id=x data-n=1><p>Una cosa</p></div>"),
            ("a nonce", "<script nonce=1>a()</script><p>Cosa</p>", "<script nonce=2>b()</script><p>Cosa</p>"),
            ("comments", "<p>Cosa</p><!-- built 10:01 -->", "<p>Cosa</p><!-- built 10:02 -->"),
            (
                "tracking in links",
                "<p>Ve <a href=\"https://w.example/2?utm_source=a&amp;id=1\">esto</a></p>",
                "<p>Ve <a href=\"http://www.w.example/2?id=1&utm_source=b#xtor=1\">esto</a></p>",
            ),
            ("a pixel", "<p>Cosa</p><img src=https://t.example/p?r=1 width=1 height=1>", "<p>Cosa</p>"),
            (
                "a picture's size and server",
                "<img src=https://i0.cdn.example/a/foto.jpg?w=100>",
                "<img src=https://i2.cdn.example/b/foto.jpg?w=200&s=9>",
            ),
            (
                "a counter by its class",
                "<p>Cosa</p><span class=\"post-views\">12 lecturas</span>",
                "<p>Cosa</p><span class=\"post-views\">13 lecturas</span>",
            ),
            (
                "a counter on its own line",
                "<p>Cosa</p><p>1.234 visitas</p>",
                "<p>Cosa</p><p>1.301 visitas</p>",
            ),
            (
                "a relative time",
                "<time>hace 5 minutos</time><p>Cosa</p>",
                "<time>hace 6 minutos</time><p>Cosa</p>",
            ),
            (
                "an advertisement",
                "<p>Cosa</p><div class=\"ad\"><a href=https://shop.example/1>Compra</a></div><a href=https://ad.doubleclick.net/1><img src=https://ad.doubleclick.net/1.gif></a>",
                "<p>Cosa</p><div class=\"ad\"><a href=https://shop.example/2>Vende</a></div><a href=https://ad.doubleclick.net/2><img src=https://ad.doubleclick.net/2.gif></a>",
            ),
        ] {
            assert_eq!(state_hash(&entry(before)), state_hash(&entry(after)), "{what}");
        }
        let one = entry("<p>Cosa</p>");
        let dated = FeedEntry {
            updated: "2026-03-02T10:00:00Z".parse().ok(),
            link: Some("http://w.example/1/?utm_source=x".to_owned()),
            ..one.clone()
        };
        assert_eq!(state_hash(&one), state_hash(&dated));
    }

    #[test]
    fn what_a_reader_notices_is_one() {
        let base = "<p>Tres heridos. Lo dice <a href=https://w.example/2>la policía</a>.</p><img src=a.jpg><p>12 visitas guiadas al museo.</p>";
        let before = state_hash(&entry(base));
        for (what, from, to) in [
            ("a word", "Tres", "Cuatro"),
            ("a letter", "heridos", "herido"),
            ("a case", "policía", "Policía"),
            ("an accent", "policía", "policia"),
            ("a link", "w.example/2", "w.example/3"),
            ("a picture", "a.jpg", "b.jpg"),
            ("struck out", "Tres heridos", "<del>Tres</del> heridos"),
            ("a number in a sentence", "12 visitas guiadas", "14 visitas guiadas"),
            ("a sentence more", "</p><img", " Y más.</p><img"),
        ] {
            let after = base.replacen(from, to, 1);
            assert_ne!(after, base, "{what}");
            assert_ne!(state_hash(&entry(&after)), before, "{what}");
        }
        let one = entry(base);
        let media =
            |url: &str| Media { url: url.to_owned(), content_type: None, caption: None, credit: None };
        for changed in [
            FeedEntry { title: "Otra".to_owned(), ..one.clone() },
            FeedEntry { link: Some("https://w.example/9".to_owned()), ..one.clone() },
            FeedEntry { authors: vec!["Ana".to_owned()], ..one.clone() },
            FeedEntry { media: vec![media("https://w.example/f.jpg")], ..one.clone() },
            FeedEntry { urgency: Some(1), ..one.clone() },
            FeedEntry { ed_note: Some("Corrige".to_owned()), ..one.clone() },
            FeedEntry { embargoed_until: "2026-03-02T10:00:00Z".parse().ok(), ..one.clone() },
        ] {
            assert_ne!(state_hash(&changed), before, "{changed:?}");
        }
    }

    #[test]
    fn hashes_of_the_first_form_still_count() {
        let one = entry("<p>Cosa</p>");
        let stored = first_form(&one);
        // As stored by the first release; were it to change, an upgrade would send every known entry again.
        assert_eq!(stored, "243b13b4fc4524a4f3a119078e5c7e9f");
        assert!(same_state(&stored, &one));
        assert!(!same_state(&stored, &entry("<p>Otra cosa</p>")));
        assert!(same_state(&state_hash(&one), &entry("<p>Cosa </p>")));
    }
}
