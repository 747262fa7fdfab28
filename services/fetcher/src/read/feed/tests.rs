//! Documents that we wrote ourselves, in the forms and with the damage that wires have.

use proptest::prelude::*;

use crate::read::{Document, Hints, read};

fn doc(text: &str) -> Document {
    let hints = Hints { url: Some("https://wire.example/rss/feed.xml".to_owned()), ..Hints::default() };
    read(text.as_bytes(), &hints).unwrap_or_else(|e| panic!("{e}: {text}"))
}

/// guid|link|title|summary|content|date of every entry.
fn lines(document: &Document) -> Vec<String> {
    let own = |t: &Option<String>| t.clone().unwrap_or_default();
    document
        .entries
        .iter()
        .map(|e| {
            let date = e.published.or(e.updated).map(|d| d.format("%y%m%d").to_string()).unwrap_or_default();
            [own(&e.guid), own(&e.link), e.title.clone(), own(&e.summary_html), own(&e.content_html), date]
                .join("|")
        })
        .collect()
}

#[test]
fn forms() {
    for (name, text, form, expected) in [
        (
            "RSS 2.0",
            "<rss version='2.0'><channel><item><guid isPermaLink='false'>7</guid><link>https://w.example/1</link><title>Uno</title><description>&lt;b>t&lt;/b></description><pubDate>Mon, 02 Mar 2026 09:30:00 GMT</pubDate></item></channel></rss>",
            "RSS 2.0",
            "7|https://w.example/1|Uno|<b>t</b>||260302",
        ),
        (
            "RSS 0.91 with a DTD",
            "<!DOCTYPE rss SYSTEM 'http://x.example/rss-0.91.dtd'><rss version='0.91'><channel><item><title>Uno</title><link>/1</link></item></channel></rss>",
            "RSS 0.91",
            "|https://wire.example/1|Uno|||",
        ),
        (
            "RDF, netscape, items beside the channel",
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel><title>R</title></channel><item><title>Uno</title><link>https://w.example/1</link></item></rdf:RDF>",
            "RSS 0.90",
            "|https://w.example/1|Uno|||",
        ),
        (
            "RDF, prefixed root and items",
            "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:s='http://purl.org/rss/1.0/' xmlns:d='http://purl.org/dc/elements/1.1/'><s:channel/><s:item r:about='https://w.example/a'><s:title>Uno</s:title><d:date>2026-03-02</d:date></s:item></r:RDF>",
            "RSS 1.0",
            "https://w.example/a|https://w.example/a|Uno|||260302",
        ),
        (
            "Atom 1.0",
            "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://w.example/f/'><entry><id>urn:1</id><title>R&amp;D &lt;5</title><link rel='self' href='s'/><link href='1'/><summary type='html'>&lt;i>t&lt;/i></summary><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>a &lt; <b>b</b></div></content><updated>2026-03-02T09:30:00Z</updated></entry></feed>",
            "Atom 1.0",
            "urn:1|https://w.example/f/1|R&D &lt;5|<i>t</i>|<div xmlns='http://www.w3.org/1999/xhtml'>a &lt; <b>b</b></div>|260302",
        ),
        (
            "Atom 0.3",
            "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><tagline>x</tagline><entry><id>urn:1</id><title mode='escaped' type='text/html'>&lt;i>U&lt;/i></title><link rel='alternate' type='text/html' href='https://w.example/1'/><issued>2026-03-02T09:30:00Z</issued><content mode='base64' type='text/html'>bm90aWNpYQ==</content></entry></feed>",
            "Atom 0.3",
            "urn:1|https://w.example/1|<i>U</i>||noticia|260302",
        ),
        (
            "Atom with a prefix on all",
            "<a:feed xmlns:a='http://www.w3.org/2005/Atom' xmlns:x='http://www.w3.org/1999/xhtml'><a:entry><a:id>urn:1</a:id><a:title>Uno</a:title><a:content type='xhtml'><x:div><x:p>t</x:p></x:div></a:content></a:entry></a:feed>",
            "Atom 1.0",
            "urn:1||Uno||<div><p>t</p></div>|",
        ),
        (
            "CDF",
            "<CHANNEL HREF='https://w.example/'><ITEM HREF='https://w.example/1' LASTMOD='2026-03-02T09:30'><TITLE>Uno</TITLE><ABSTRACT>t</ABSTRACT></ITEM></CHANNEL>",
            "CDF",
            "|https://w.example/1|Uno|t||260302",
        ),
        (
            "a default namespace on rss",
            "<rss version='2.0' xmlns='http://backend.userland.com/rss2'><channel><item><title>Uno</title></item></channel></rss>",
            "RSS 2.0",
            "||Uno|||",
        ),
        (
            "an unknown namespace on rss",
            "<rss version='2.0' xmlns='urn:x-agency'><channel><item><title>Uno</title></item></channel></rss>",
            "RSS 2.0",
            "||Uno|||",
        ),
    ] {
        let document = doc(text);
        assert_eq!((document.meta.form, lines(&document)), (form, vec![expected.to_owned()]), "{name}");
        assert!(!document.partial, "{name}");
    }
}

#[test]
fn fields_of_an_item() {
    let item = |inner: &str| {
        lines(&doc(&format!("<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><item>{inner}</item></channel></rss>"))).join("+")
    };
    for (inner, expected) in [
        // A guid is an address where it is one.
        ("<guid>https://w.example/1</guid>", "https://w.example/1|https://w.example/1||||"),
        (
            "<guid isPermaLink='false'>https://w.example/1</guid>",
            "https://w.example/1|https://w.example/1||||",
        ),
        ("<guid>7</guid><title>t</title>", "https://wire.example/rss/7|https://wire.example/rss/7|t|||"),
        ("<guid isPermaLink='false'>7</guid><title>t</title>", "7||t|||"),
        // The second of two descriptions is the text.
        ("<description>a</description><description>b</description>", "|||a|b|"),
        (
            "<content:encoded><![CDATA[<p>b</p>]]></content:encoded><description>a</description>",
            "|||a|<p>b</p>|",
        ),
        // Nearest to the item counts, in any order.
        ("<x><title>no</title></x><title>sí</title>", "||sí|||"),
        ("<title>sí</title><image><title>no</title></image><source url='u'>no</source>", "||sí|||"),
        ("<media:title>m</media:title>", "||m|||"),
        ("<media:group><media:description>m</media:description></media:group><title>t</title>", "||t|m||"),
        (
            "<media:group><media:description>m</media:description></media:group><description>d</description>",
            "|||d||",
        ),
        // Links in the style of HTML and of tools for it.
        ("<link>\n https://w.example/1\n</link>", "|https://w.example/1||||"),
        ("<link href='https://w.example/1'/>", "|https://w.example/1||||"),
        ("<link/>https://w.example/1<title>t</title>", "|https://w.example/1|t|||"),
        ("<link>?a=1&b=2&amp;c=3&copy=4</link>", "|https://wire.example/rss/feed.xml?a=1&b=2&c=3&copy=4||||"),
        ("<link>HTTP://W.example/Á b</link>", "|HTTP://W.example/Á b||||"),
        // Dates: the last that is one.
        ("<pubDate>soon</pubDate><pubDate>2026-03-02</pubDate>", "|||||260302"),
        ("<pubDate>2026-03-02</pubDate><dc:date>2026-03-09</dc:date>", "|||||260302"),
        // Markup where text should be.
        ("<description>un <b>bold</b> &amp; más</description>", "|||un <b>bold</b> & más||"),
        ("<description><![CDATA[a]]> &lt;b> <![CDATA[c]]></description>", "|||a <b> c||"),
        ("<title><![CDATA[R&D < 5]]></title>", "||R&D < 5|||"),
        ("<title>caf&eacute; &alpha;&nbsp;</title>", "||café α|||"),
    ] {
        assert_eq!(item(inner), expected, "{inner}");
    }
}

#[test]
fn damage_and_what_it_costs() {
    let head = "<rss version='2.0'><channel>";
    let one = "<item><title>Uno</title><guid isPermaLink='false'>1</guid></item>";
    let two = "<item><title>Dos</title><guid isPermaLink='false'>2</guid></item>";
    let foot = "</channel></rss>";
    let (first, second) = ("1||Uno|||", "2||Dos|||");
    for (name, text, expected, partial, repairs) in [
        (
            "title not closed",
            format!("{head}<item><title>Uno<guid isPermaLink='false'>1</guid></item>{two}{foot}"),
            vec![first, second],
            false,
            "unclosed_tag=1",
        ),
        (
            "title closed as it opens",
            format!("{head}<item><title>Uno<title><guid isPermaLink='false'>1</guid></item>{two}{foot}"),
            vec![first, second],
            false,
            "unclosed_tag=2",
        ),
        (
            "title closed by another name",
            format!("{head}<item><title>Uno</titel><guid isPermaLink='false'>1</guid></item>{two}{foot}"),
            vec!["1||Uno</titel>|||", second],
            false,
            "broken_markup=1 unclosed_tag=1",
        ),
        (
            "item not closed",
            format!("{head}<item><title>Uno</title><guid isPermaLink='false'>1</guid>{two}{foot}"),
            vec![first, second],
            false,
            "unclosed_item=1",
        ),
        (
            "last item not closed",
            format!("{head}{one}<item><title>Dos</title><guid isPermaLink='false'>2</guid>{foot}"),
            vec![first, second],
            false,
            "unclosed_item=1 unclosed_tag=1",
        ),
        (
            "an element of no feed not closed",
            format!("{head}<item><br><title>Uno</title><guid isPermaLink='false'>1</guid></item>{two}{foot}"),
            vec![first, second],
            false,
            "unclosed_tag=1",
        ),
        (
            "CDATA not closed",
            format!(
                "{head}<item><guid isPermaLink='false'>1</guid><title><![CDATA[Uno</title></item>{two}<item><title><![CDATA[x]]></title></item>{foot}"
            ),
            vec![first, second, "||x|||"],
            false,
            "unclosed_cdata=1",
        ),
        (
            "comment not closed",
            format!("{head}<!-- <a>{one}{two}{foot}"),
            vec![first, second],
            false,
            "unclosed_comment=1 unclosed_tag=1",
        ),
        (
            "quote not closed",
            format!(
                "{head}<item x=\"1><title>Uno</title><guid isPermaLink='false'>1</guid></item>{two}{foot}"
            ),
            vec![first, second],
            false,
            "",
        ),
        ("no end of the channel", format!("{head}{one}{two}"), vec![first, second], true, "truncated=1"),
        (
            "no end of the root",
            format!("{head}{one}{two}</channel>"),
            vec![first, second],
            false,
            "unclosed_root=1",
        ),
        ("cut in an end tag", format!("{head}{one}{two}</chann"), vec![first, second], true, "truncated=1"),
        (
            "cut in an item",
            format!("{head}{one}<item><title>Dos</title><guid>2</guid></ite"),
            vec![first],
            true,
            "truncated=1",
        ),
        ("no root", format!("{one}{two}"), vec![first, second], false, "no_root=1"),
        (
            "a page around it",
            format!("<div>{head}{one}{two}{foot}</div>"),
            vec![first, second],
            false,
            "junk_before=1",
        ),
        (
            "two documents in one",
            format!("{head}{one}{foot}{head}{two}{foot}"),
            vec![first, second],
            false,
            "junk_after=1",
        ),
        (
            "stray end tags",
            format!("{head}</b></item>{one}</b>{two}{foot}"),
            vec![first, second],
            false,
            "stray_end_tag=3",
        ),
        (
            "half a surrogate of text",
            format!("{head}{one}&#xD83D;{two}{foot}"),
            vec![first, second],
            false,
            "",
        ),
    ] {
        let document = doc(&text);
        assert_eq!(
            (lines(&document), document.partial),
            (expected.into_iter().map(str::to_owned).collect(), partial),
            "{name}"
        );
        assert_eq!(document.repairs.to_string(), repairs, "{name}");
    }
}

#[test]
fn what_the_feed_says_about_itself() {
    let meta = doc("<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel><title> Agencia </title><language>es-ES</language><copyright>(c)</copyright><ttl> 15 </ttl><atom:link rel='hub' href='https://hub.example/'/><atom:link rel='self' href='/self.xml'/><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency><skipHours><hour>0</hour><hour>24</hour><hour>13</hour><hour>99</hour></skipHours><skipDays><day>Sunday</day><day>Monday</day></skipDays><image><title>no</title></image></channel></rss>").meta;
    assert_eq!(
        (meta.title.as_deref(), meta.language.as_deref(), meta.copyright.as_deref()),
        (Some("Agencia"), Some("es-ES"), Some("(c)"))
    );
    assert_eq!((meta.ttl_minutes, meta.update_minutes), (Some(15), Some(15)));
    assert_eq!((meta.skip_hours, meta.skip_days), (vec![0, 13], vec![6, 0]));
    assert_eq!(
        (meta.hubs, meta.self_link.as_deref()),
        (vec!["https://hub.example/".to_owned()], Some("https://wire.example/self.xml"))
    );
}

#[test]
fn people_categories_and_media() {
    let document = doc(
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:media='http://search.yahoo.com/mrss/'><channel><language>es</language><item><title>t</title><author>a@x.example (Ana Ruiz)</author><dc:creator>Luis Mora</dc:creator><category>Uno</category><category domain='d'>Dos</category><media:group><media:content url='https://w.example/1.jpg' type='image/jpeg'/><media:description>Pie</media:description><media:credit>Foto</media:credit></media:group><enclosure url='/2.mp3' type='audio/mpeg' length='4096'/></item></channel></rss>",
    );
    let entry = &document.entries[0];
    assert_eq!(entry.authors, ["Ana Ruiz", "Luis Mora"]);
    assert_eq!(entry.categories, ["Uno", "Dos"]);
    assert_eq!(entry.language.as_deref(), Some("es"));
    let media: Vec<String> =
        entry.media.iter().map(|m| format!("{}|{:?}|{:?}", m.url, m.caption, m.credit)).collect();
    assert_eq!(
        media,
        ["https://w.example/1.jpg|Some(\"Pie\")|Some(\"Foto\")", "https://wire.example/2.mp3|None|None"]
    );
    let atom = doc(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='fr'><entry xml:lang='de'><title>t</title><author><name>Ana</name><email>a@x.example</email></author><contributor><name>no</name></contributor><category term='x' label='Uno'/><link rel='enclosure' href='https://w.example/3' type='a/b'/></entry></feed>",
    );
    let entry = &atom.entries[0];
    assert_eq!(
        (entry.authors.join("+"), entry.categories.join("+"), entry.language.as_deref()),
        ("Ana".into(), "Uno".into(), Some("de"))
    );
    assert_eq!(entry.media[0].url, "https://w.example/3");
}

#[test]
fn more_items_than_are_kept_are_counted() {
    let text = format!(
        "<rss version='2.0'><channel>{}</channel></rss>",
        "<item><title>t</title></item>".repeat(super::MOST_ITEMS + 5)
    );
    let document = doc(&text);
    assert_eq!((document.entries.len(), document.partial), (super::MOST_ITEMS, true));
    assert_eq!(document.repairs.to_string(), "item_limit=5");
}

#[test]
fn an_empty_feed_in_which_items_are_seen_is_not_said_to_be_empty() {
    for (items, partial, repairs) in [
        ("", false, ""),
        ("<!-- <item><title>t</title></item> -->", false, ""),
        ("<description><![CDATA[<item><title>t</title></item>]]></description>", true, "unread_items=1"),
    ] {
        let document = doc(&format!("<rss version='2.0'><channel>{items}</channel></rss>"));
        assert_eq!((document.entries.len(), document.partial), (0, partial), "{items}");
        assert_eq!(document.repairs.to_string(), repairs, "{items}");
    }
}

#[test]
fn depth_costs_no_item() {
    let deep = "<a>".repeat(10_000);
    let text = format!(
        "<rss version='2.0'><channel>{deep}<item><title>Uno</title></item>{deep}<item><title>Dos</title></item></channel></rss>"
    );
    assert_eq!(lines(&doc(&text)), ["||Uno|||", "||Dos|||"]);
}

proptest! {
    #[test]
    fn no_markup_makes_it_panic(text in "(<rss>|<feed>|<channel>|<item>|</item>|<entry>|</entry>|<title>|</title>|<title type='xhtml'>|<link/>|<link href='x'>|<guid>|</guid>|<author>|</author>|<media:group>|</media:group>|<source>|<content type='xhtml'>|</content>|<!\\[CDATA\\[|\\]\\]>|<!--|-->|&amp;|&|é|x| |</channel>|</rss>|<b>|</b>|xml:base='y'){0,60}") {
        let _ = read(text.as_bytes(), &Hints { url: Some("https://w.example/".to_owned()), ..Hints::default() });
    }

    #[test]
    fn wherever_it_is_cut_the_whole_items_are_kept(cut in 0_usize..900) {
        let item = |n: u32| format!("<item><title>Título {n}</title><description><![CDATA[<p>texto</p>]]></description><guid>g{n}</guid></item>");
        let text = format!("<rss version='2.0'><channel><title>t</title>{}{}{}</channel></rss>", item(1), item(2), item(3));
        let cut = (0..=cut.min(text.len())).rev().find(|n| text.is_char_boundary(*n)).unwrap_or(0);
        if let Ok(document) = read(&text.as_bytes()[..cut], &Hints::default()) {
            prop_assert_eq!(document.entries.len(), text[..cut].matches("</item>").count());
            prop_assert_eq!(document.partial, cut < text.len() - "</rss>".len());
        }
    }

    #[test]
    fn a_neighbour_reads_the_same_whatever_is_beside_it(junk in "(<b>|</b>|<c d='|'|\"|&|<|>|é|</title>|<link>|</guid>|<br/>|x){0,12}") {
        let whole = "<item><title>Vecina</title><link>https://w.example/v</link><guid isPermaLink='false'>v</guid></item>";
        let text = format!("<rss version='2.0'><channel><item><title>{junk}</title></item>{whole}</channel></rss>");
        let document = read(text.as_bytes(), &Hints::default()).unwrap();
        prop_assert!(lines(&document).contains(&"v|https://w.example/v|Vecina|||".to_owned()), "{:?}", lines(&document));
    }
}
