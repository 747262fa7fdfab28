//! Where feeds and news sitemaps usually are, and what their addresses look like.

use url::Url;

/// Usual addresses of feeds, the most usual first: WordPress, Ghost, Hugo, Drupal, Blogger, and what publishers of their own do.
const FEEDS: &[&str] = &[
    "/feed",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feeds",
    "/feed.json",
    "/rss/index.xml",
    "/rss/rss.xml",
    "/feed/rss",
    "/rss/home.xml",
    "/rss/news.xml",
    "/feeds/posts/default",
    "/?feed=rss2",
];

/// Usual addresses of news sitemaps.
const SITEMAPS: &[&str] = &[
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap_news.xml",
    "/googlenews.xml",
    "/sitemaps/news.xml",
    "/sitemap/news.xml",
];

/// Usual addresses of feeds on a site: below the section that was asked for, then at the root.
pub(super) fn feeds(site: &Url) -> Vec<Url> {
    let section = site.path().trim_end_matches('/');
    let mut all = Vec::new();
    // A section has a feed of its own on WordPress; an article's would be its comments.
    let is_section =
        !section.is_empty() && section.matches('/').count() <= 2 && !section.contains(['.', '-']);
    if is_section {
        for end in ["/feed", "/rss", "/rss.xml"] {
            all.extend(site.join(&format!("{section}{end}")).ok());
        }
    }
    all.extend(FEEDS.iter().filter_map(|path| site.join(path).ok()));
    all
}

/// Usual addresses of news sitemaps on a site.
pub(super) fn sitemaps(site: &Url) -> Vec<Url> {
    SITEMAPS.iter().filter_map(|path| site.join(path).ok()).collect()
}

/// Does an address look like a feed's? By the words of its path, not by letters in them: `/prefeed` and `/address` do not.
pub(super) fn looks_like_a_feed(url: &Url) -> bool {
    const WORDS: &[&str] = &["rss", "rss2", "atom", "feed", "feeds", "rdf", "xmlrss", "canalrss"];
    let path = url.path().to_ascii_lowercase();
    let words = || path.split(['/', '.', '-', '_']);
    let page = [".html", ".htm", ".png", ".svg", ".jpg", ".gif"].iter().any(|end| path.ends_with(end));
    let queried = url.query_pairs().any(|(n, v)| n == "feed" || v == "rss" || v == "atom");
    !page && (words().any(|word| WORDS.contains(&word)) || queried)
}

/// Is it a feed of readers' comments?
pub(super) fn is_for_comments(url: &Url, title: &str) -> bool {
    const WORDS: &[&str] = &["comment", "comentario", "commentaire", "kommentar", "commenti"];
    let (path, title) = (url.path().to_ascii_lowercase(), title.to_lowercase());
    path.split('/').any(|part| matches!(part, "comments" | "comentarios" | "commentaires" | "kommentare"))
        || WORDS.iter().any(|word| title.contains(word))
}

/// Is it a sitemap of news?
pub(super) fn is_for_news(url: &Url) -> bool {
    const WORDS: &[&str] =
        &["news", "noticias", "actu", "nachrichten", "googlenews", "latest", "48h", "ultimas"];
    let path = url.path().to_ascii_lowercase();
    WORDS.iter().any(|word| path.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str) -> Url {
        Url::parse("https://w.example").unwrap().join(path).unwrap()
    }

    #[test]
    fn addresses_of_feeds() {
        for (path, expected) in [
            ("/rss", true),
            ("/rss/deportes.xml", true),
            ("/feeds/news.atom", true),
            ("/index.rdf", true),
            ("/?feed=rss2", true),
            ("/x?type=rss", true),
            ("/rss-de-la-casa.html", false),
            ("/icon-rss.svg", false),
            ("/address", false),
            ("/feedback", false),
            ("/nota-1", false),
        ] {
            assert_eq!(looks_like_a_feed(&url(path)), expected, "{path}");
        }
        assert!(is_for_comments(&url("/comments/feed/"), ""));
        assert!(is_for_comments(&url("/feed/"), "Diario » Comentarios"));
        assert!(!is_for_comments(&url("/feed/"), "Diario"));
        assert!(is_for_news(&url("/sitemap-news.xml")));
        assert!(!is_for_news(&url("/sitemap-2019-03.xml")));
    }

    #[test]
    fn guesses_begin_in_the_section() {
        let told = |path: &str| feeds(&url(path))[0].path().to_owned();
        assert_eq!(told("/deportes/"), "/deportes/feed");
        assert_eq!(told("/"), "/feed");
        assert_eq!(told("/2026/03/una-nota-larga"), "/feed");
    }
}
