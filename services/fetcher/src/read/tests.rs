use super::*;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Agencia Ñu</title><ttl>2</ttl><language>es-ES</language>";

fn doc(items: &str) -> String {
    format!("{HEAD}{items}</channel></rss>")
}

fn item(n: u32) -> String {
    format!("<item><title>Título {n}</title><link>https://wire.example/{n}</link><guid>g{n}</guid></item>")
}

fn read_text(text: &str) -> Document {
    read(text.as_bytes(), &Hints { zone: Some(chrono_tz::Europe::Madrid), ..Hints::default() }).unwrap()
}

fn titles(document: &Document) -> Vec<&str> {
    document.entries.iter().map(|e| e.title.as_str()).collect()
}

#[test]
fn damage_costs_only_what_it_hit() {
    let broken =
        "<item><title><b>&#0;</title></b><link><guid></link></guid><pubDate>&&&</pubdate><descri <</item>";
    for (name, text, expected, broken, partial, repairs) in [
        ("whole", doc(&(item(1) + &item(2))), vec!["Título 1", "Título 2"], 0, false, ""),
        (
            "broken item",
            doc(&(item(1) + broken + &item(2))),
            vec!["Título 1", "Título 2"],
            1,
            false,
            "bare_ampersand=3 broken_markup=2 control_character=1 stray_end_tag=1 stray_lt=2 unclosed_tag=1",
        ),
        (
            "truncated in an item",
            format!("{HEAD}{}{}<item><tit", item(1), item(2)),
            vec!["Título 1", "Título 2"],
            0,
            true,
            "truncated=1",
        ),
        (
            "truncated in CDATA",
            format!("{HEAD}{}<item><title><![CDATA[cort", item(1)),
            vec!["Título 1"],
            0,
            true,
            "truncated=1",
        ),
        (
            "mismatched tag",
            doc(&(item(1)
                + "<item><title>Dos</title><description>un <b>mal</i> texto</description></item>"
                + &item(3))),
            vec!["Título 1", "Dos", "Título 3"],
            0,
            false,
            "broken_markup=1",
        ),
        (
            "item never closed",
            doc(&format!("<item><title>Uno</title>{}", item(2))),
            vec!["Uno", "Título 2"],
            0,
            false,
            "unclosed_item=1",
        ),
        (
            "no version",
            doc(&item(1)).replace(" version=\"2.0\"", ""),
            vec!["Título 1"],
            0,
            false,
            "no_version=1",
        ),
        (
            "junk around",
            format!("Warning: x\n{}trailing", doc(&item(1))),
            vec!["Título 1"],
            0,
            false,
            "junk_after=1 junk_before=1",
        ),
        (
            "unbound prefix",
            doc("<item><title>Uno</title><zz:thing>1</zz:thing></item>"),
            vec!["Uno"],
            0,
            false,
            "unbound_prefix=1",
        ),
        (
            "upper case",
            "<RSS><CHANNEL><ITEM><TITLE>Uno</TITLE></ITEM></CHANNEL></RSS>".to_owned(),
            vec!["Uno"],
            0,
            false,
            "no_version=1 upper_case_tags=1",
        ),
        (
            "root namespace",
            doc(&item(1)).replace("<rss ", "<rss xmlns=\"http://backend.userland.com/rss2\" "),
            vec!["Título 1"],
            0,
            false,
            "root_namespace=1",
        ),
    ] {
        let document = read_text(&text);
        assert_eq!(titles(&document), expected, "{name}");
        assert_eq!((document.broken.len(), document.partial), (broken, partial), "{name}");
        assert_eq!(document.repairs.to_string(), repairs, "{name}");
    }
}

#[test]
fn an_entry_as_europa_press_writes_it() {
    let text = doc(
        "<item><title>\n El pleno aprueba las cuentas \n</title><link>\n https://wire.example/nacional/noticia-pleno-20260702103000.html\n </link>\
        <description>&amp;nbsp;&amp;nbsp;&amp;nbsp;La edil Marta Soler presentó el texto.</description><guid isPermaLink=\"true\">\n https://wire.example/nacional/noticia-pleno-20260702103000.html\n </guid>\
        <enclosure url=\"https://img.wire.example/f_120.jpg\" length=\"4096\" type=\"image/jpeg\"/><category>Nacional</category></item>",
    );
    let document = read_text(&text);
    let entry = &document.entries[0];
    let link = Some("https://wire.example/nacional/noticia-pleno-20260702103000.html");
    assert_eq!(entry.title, "El pleno aprueba las cuentas");
    assert_eq!((entry.link.as_deref(), entry.guid.as_deref()), (link, link));
    assert_eq!(entry.summary_html.as_deref(), Some("La edil Marta Soler presentó el texto."));
    assert_eq!(entry.published.unwrap().to_rfc3339(), "2026-07-02T08:30:00+00:00");
    assert_eq!(entry.media[0].url, "https://img.wire.example/f_120.jpg");
    assert_eq!((document.meta.ttl_minutes, entry.language.as_deref()), (Some(2), Some("es-ES")));
}

#[test]
fn the_other_formats() {
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title><entry><id>urn:1</id><title>Uno</title><link href='https://w.example/1'/><updated>2026-03-02T09:30:00Z</updated></entry></feed>";
    let rdf = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='c'><title>R</title></channel><item rdf:about='https://w.example/about/1'><title>Uno</title><link>https://w.example/1</link><dc:date>2026-03-02T10:30:00+01:00</dc:date></item></rdf:RDF>";
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"J","items":[{"id":"j1","title":"Uno","url":"https://w.example/1","content_text":"t","date_published":"2026-03-02T09:30:00Z"}]}"#;
    for (text, guid) in [(atom, "urn:1"), (rdf, "https://w.example/about/1"), (json, "j1")] {
        let document = read_text(text);
        let entry = &document.entries[0];
        assert_eq!((entry.guid.as_deref(), entry.title.as_str()), (Some(guid), "Uno"), "{text}");
        assert_eq!(entry.link.as_deref(), Some("https://w.example/1"));
        assert_eq!(entry.published.or(entry.updated).unwrap().to_rfc3339(), "2026-03-02T09:30:00+00:00");
    }
}

#[test]
fn what_is_no_feed_says_what_it_is() {
    for (bytes, words) in [
        (&b""[..], "the document is empty"),
        (b"<!DOCTYPE html><html><body>No service</body></html>", "a web page"),
        (b"\x89PNG\r\n\x1a\n", "not a feed"),
        (b"{\"a\":1}", "not a JSON Feed"),
    ] {
        let error = read(bytes, &Hints::default()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_broken_item_stays_broken_where_the_documents_address_is_known() {
    let broken =
        "<item><title><b></title></b><link><guid></link></guid><pubDate>&&&</pubdate><descri <</item>";
    let hints = Hints { url: Some("https://wire.example/rss.xml".to_owned()), ..Hints::default() };
    for text in [doc(broken), doc(&(item(1) + broken + &item(2)))] {
        let document = read(text.as_bytes(), &hints).unwrap();
        assert_eq!((document.broken.len(), document.entries.len()), (1, text.matches("Título").count()));
    }
}

#[test]
fn the_only_date_of_an_rdf_item_is_that_of_its_publication() {
    let rdf = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'><item rdf:about='u'><title>Um</title><dc:date>2026-03-02T10:30:00+01:00</dc:date></item></rdf:RDF>";
    let entry = &read_text(rdf).entries[0];
    assert_eq!(entry.published.unwrap().to_rfc3339(), "2026-03-02T09:30:00+00:00");
    assert_eq!(entry.updated, None);
}

#[test]
fn an_author_on_whom_the_parser_fails_costs_nothing() {
    let text = doc(&(item(1) + "<item><title>Dos</title><author>Redacción—foo@x.example</author></item>"));
    assert_eq!(titles(&read_text(&text)), ["Título 1", "Dos"]);
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        let _ = read(&bytes, &Hints::default());
    }

    #[test]
    fn no_cut_makes_it_panic_or_loses_a_whole_item(cut in 0_usize..400) {
        let text = doc(&(item(1) + &item(2)));
        let cut = (0..=cut.min(text.len())).rev().find(|n| text.is_char_boundary(*n)).unwrap_or(0);
        let whole = text[..cut].matches("</item>").count();
        if let Ok(document) = read(&text.as_bytes()[..cut], &Hints::default()) {
            assert_eq!(document.entries.len(), whole);
        }
    }
}
