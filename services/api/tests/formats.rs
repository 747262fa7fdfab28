//! Lists and items in other forms, read back by what reads such forms.
use crate::desk::{Desk, insert, item};
use serde_json::Value;
use wiredesk_contract::Item;

#[allow(clippy::disallowed_methods, reason = "our own short answers")]
async fn fetch(desk: &Desk, path: &str) -> (String, Option<String>, String) {
    let answer = desk.http.get(format!("{}{path}", desk.base)).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let header = |name| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
    let (media_type, link) = (header("content-type").unwrap(), header("link"));
    (media_type, link, answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_read_in_every_form_page_by_page() {
    let Some(desk) = Desk::open().await else { return };
    for n in 1..=3 {
        let mut one = item(n, "es", &format!("Noticia {n}: \"sí\", <b>no</b> & más\u{1}"));
        one.url = Some(format!("https://muro.example/{n}?a=1&b=2"));
        one.by = Some("Inés Bar".to_owned());
        insert(desk.pg.pool(), &one).await;
    }
    let mut unsafe_link = item(4, "es", "=1+1");
    unsafe_link.url = Some("javascript:alert(1)".to_owned());
    insert(desk.pg.pool(), &unsafe_link).await;

    let (media_type, link, body) = fetch(&desk, "/v1/items?format=ndjson&limit=3").await;
    assert_eq!(media_type, "application/x-ndjson");
    let items: Vec<Item> = body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(items.len(), 3);
    // What the link leads to is the rest, in the same form.
    let link = link.unwrap();
    let next = link.strip_prefix('<').and_then(|l| l.strip_suffix(">; rel=\"next\"")).unwrap();
    let (_, none, rest) = fetch(&desk, next).await;
    assert_eq!(rest.lines().count(), 1);
    assert_eq!(none, None);

    let (media_type, _, body) = fetch(&desk, "/v1/items?format=csv").await;
    assert!(media_type.starts_with("text/csv"), "{media_type}");
    let mut lines = body.split("\r\n");
    assert!(lines.next().unwrap().starts_with("item_id,version,version_created"));
    assert!(lines.next().unwrap().contains(",'=1+1,"), "no formula: {body}");
    assert!(lines.next().unwrap().contains("\"Noticia 3: \"\"sí\"\", <b>no</b> & más\u{1}\""), "{body}");
    assert!(!body.contains("javascript:"));

    for (format, media) in [("atom", "application/atom+xml"), ("jsonfeed", "application/feed+json")] {
        let (media_type, _, body) = fetch(&desk, &format!("/v1/items?format={format}&limit=3")).await;
        assert_eq!(media_type, media);
        let feed =
            feed_rs::parser::parse(body.as_bytes()).unwrap_or_else(|e| panic!("{format}: {e}\n{body}"));
        let titles: Vec<String> =
            feed.entries.iter().map(|e| e.title.as_ref().unwrap().content.clone()).collect();
        assert_eq!(titles.len(), 3, "{format}");
        assert!(titles[1].contains("\"sí\", <b>no</b> & más"), "{format}: {titles:?}");
        assert_eq!(feed.entries[1].links[0].href, "https://muro.example/3?a=1&b=2", "{format}");
        assert!(!body.contains("javascript:"), "{format}");
        assert_eq!(feed.entries[1].id, item(3, "es", "").uri, "{format}");
    }
    let (status, problem) = desk.get("/v1/items?format=xls").await;
    assert_eq!(status, 400);
    assert!(problem["detail"].as_str().unwrap().contains("json, ndjson, csv, jsonfeed, atom"), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_is_a_news_article_of_schema_org() {
    let Some(desk) = Desk::open().await else { return };
    let mut one = item(1, "pt", "Ponte reaberta");
    one.by = Some("Rui Cais".to_owned());
    one.verdict.duplicate_of = Some(item(2, "pt", "").item_id);
    insert(desk.pg.pool(), &one).await;
    let (media_type, _, body) =
        fetch(&desk, &format!("/v1/items/{}?format=jsonld", one.item_id.as_str())).await;
    assert_eq!(media_type, "application/ld+json");
    let article: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(article["@context"], "https://schema.org");
    assert_eq!(article["@type"], "NewsArticle");
    assert_eq!(article["headline"], "Ponte reaberta");
    assert_eq!(article["inLanguage"], "pt");
    assert_eq!(article["author"]["name"], "Rui Cais");
    assert_eq!(article["isBasedOn"], item(2, "pt", "").uri);
    assert!(article["datePublished"].as_str().unwrap().ends_with('Z'));
    assert!(article.get("mentions").is_none(), "what is empty is left out");
}
