use super::super::{Document, Hints, read};
use super::samples;

fn document(text: &str) -> Document {
    let hints = Hints {
        zone: Some(chrono_tz::Europe::Madrid),
        url: Some("https://wire.example/feeds/x.xml".to_owned()),
        ..Hints::default()
    };
    read(text.as_bytes(), &hints).unwrap()
}

/// An entry as lines: what a table test compares.
fn told(document: &Document) -> Vec<String> {
    let mut out = Vec::new();
    for e in &document.entries {
        let time = |t: Option<wiredesk_contract::Timestamp>| {
            t.map(|t| t.format("%dT%H:%M").to_string()).unwrap_or_default()
        };
        out.push(format!(
            "{} | {} | {} | {} {}",
            e.guid.as_deref().unwrap_or("-"),
            e.title,
            e.link.as_deref().unwrap_or("-"),
            time(e.published),
            time(e.updated)
        ));
        let mut more = format!(
            "{} | {} | {}",
            e.authors.join(", "),
            e.categories.join(", "),
            e.language.as_deref().unwrap_or("-")
        );
        for (name, value) in [
            ("urgency", e.urgency.map(|u| u.to_string())),
            ("status", e.pub_status.map(|s| s.as_str().to_owned())),
            ("embargo", e.embargoed_until.map(|t| time(Some(t)))),
            ("note", e.ed_note.clone().map(|n| n.replace('\n', " / "))),
            ("copyright", e.copyright.clone()),
            ("summary", e.summary_html.clone()),
        ] {
            if let Some(value) = value {
                more.push_str(&format!(" | {name}={value}"));
            }
        }
        out.push(more);
        for media in &e.media {
            out.push(format!(
                "[{}] {} {}",
                media.url,
                media.caption.as_deref().unwrap_or("-"),
                media.credit.as_deref().unwrap_or("-")
            ));
        }
        out.extend(e.content_html.iter().flat_map(|html| html.lines()).map(ToOwned::to_owned));
    }
    for broken in &document.broken {
        out.push(format!("broken: {}", broken.why));
    }
    out
}

#[test]
fn a_sitemap() {
    let found = document(samples::SITEMAP);
    assert_eq!(
        told(&found),
        [
            "- | El pleno aprueba las cuentas & cierra el año | https://wire.example/lugo/pleno?a=1&b=2 | 02T09:30 02T10:00",
            " | Lugo, cuentas | es",
            "[https://img.wire.example/1.jpg] El pleno -",
            "- |  | https://wire.example/sin-noticia |  28T23:00",
            " |  | -",
            "broken: it names no page",
        ]
    );
    assert_eq!(
        (found.meta.form, found.meta.title.as_deref(), found.partial),
        ("news sitemap", Some("Agencia X"), false)
    );
}

#[test]
fn an_index_of_sitemaps() {
    let found = document(samples::INDEX);
    let children: Vec<(&str, bool)> =
        found.children.iter().map(|c| (c.url.as_str(), c.modified.is_some())).collect();
    assert_eq!(
        children,
        [("https://wire.example/news-1.xml", true), ("https://wire.example/news-2.xml", false)]
    );
    assert_eq!((found.entries.len(), found.broken.len(), found.meta.form), (0, 1, "sitemap index"));
}

#[test]
fn newsml_1_2() {
    let found = document(samples::NEWSML);
    assert_eq!(
        told(&found),
        [
            "urn:newsml:ax.example:20260302:PLENO-1 | El pleno de Lugo aprueba las cuentas | - | 02T09:30 02T10:15",
            "Marta Soler | cuentas, pleno, LUGO-pleno, economy, business and finance, hacienda | es | urgency=3 | status=usable | copyright=© AX 2026",
            "[https://img.ax.example/l.jpg] La edil AX / R. Mora",
            "<p>LUGO, 2 mar (AX) - La edil Marta Soler presentó el texto a las 10 &amp; media.</p>",
            "<p>&quot;No habrá &lt;más&gt; recortes&quot;, dijo.</p>",
            "<table><tr><td>Obras</td><td>3</td></tr></table>",
            "urn:newsml:ax.example:20260302:OBRAS-7 | Las obras del puente | - | 02T09:00 02T09:00",
            " | puentes | - | status=withheld | embargo=02T11:00 | note=Correction / Corrige la cifra / Sin uso en archivo | copyright=© 2026 AX",
            "<p>El puente se abrirá en abril.</p>",
            "<p>Lo dijo la edil.</p>",
        ]
    );
    assert_eq!((found.meta.form, found.meta.title.as_deref()), ("NewsML 1.2", Some("AX-ES")));
}

#[test]
fn newsml_g2() {
    let found = document(samples::G2);
    assert_eq!(
        told(&found),
        [
            "tag:bx.example,2026:1 | Rat beschließt Haushalt | - | 02T09:30 02T10:00",
            "Von Jana Kern | politics and government, Regierung, Haushalt, Haushalt/Rat | de-DE | urgency=4 | status=usable | embargo=02T11:00 | note=Achtung: neue Zahl / correction / Nicht für Archive | copyright=© BX 2026 | summary=Der Rat stimmt zu.",
            "<p>ULM (BX) - Der Rat &amp; die Stadt einigen sich.</p>",
            "<h2>Was folgt</h2>",
            "<p>Mehr <em>Geld</em> für <a href=\"https://ulm.example/a?x=1&amp;y=2\">Schulen</a>.</p>",
            "<ul><li>Bau</li><li>Personal</li></ul>",
            "tag:bx.example,2026:2 | Zurückgezogen | - |  ",
            " |  | - | status=canceled",
            "tag:bx.example,2026:3 | Der Rat | - |  ",
            "Ada Lenz |  | - | summary=Sitzung im Saal",
            "[https://img.bx.example/h.jpg] Sitzung im Saal Ada Lenz",
            "tag:bx.example,2026:4 | Escaped | - | 02T10:30 ",
            " |  | -",
            "<p>Uno &amp; dos</p>",
            "<p>Tres</p>",
        ]
    );
    assert_eq!(found.repairs.to_string(), "older_version=1");
}

#[test]
fn nitf() {
    assert_eq!(
        told(&document(samples::NITF)),
        [
            "CX42 | Budsjettet er vedtatt | - | 02T09:30 ",
            "Kari Holm | Innenriks, Politikk, Budsjett, Morgen, Valg 2026, budsjett | nb-NO | urgency=5 | status=usable | embargo=02T11:00 | note=Ny versjon | copyright=© 2026 CX | summary=Flertall for planen",
            "[https://img.cx.example/1.jpg] Rådet. Foto: Holm -",
            "<p>Hamar - Rådet sa ja til planen.</p>",
            "<h2>Flere penger</h2>",
            "<p>Skolen får mer.</p>",
            "<table><tr><td>Post</td><td>Sum</td></tr><tr><td>Skole</td><td>3 &amp; 4</td></tr></table>",
        ]
    );
}

#[test]
fn ninjs() {
    let expected = [
        "urn:dx:1 | Council passes budget | - | 02T09:30 02T09:30",
        "Ann Reed | economy, business and finance, council, budget-council | en | urgency=2 | status=usable | embargo=02T11:00 | note=Adds vote | copyright=DX | summary=The vote was close.",
        "[https://img.dx.example/m.jpg] The vote was close. Ann Reed",
        "<p>The council met &amp; voted.</p>",
        "<p>It passed.</p>",
        "urn:dx:2 | Bridge opens | - | 02T09:30 02T09:30",
        "DX |  | - | status=canceled",
        "[https://img.dx.example/b.jpg] The bridge L. Poe",
        "<p>The bridge opens in April, the council said.</p>",
        "https://dx.example/3 | Only a title | https://dx.example/3 |  ",
        " |  | -",
    ];
    let found = document(samples::NINJS);
    assert_eq!(told(&found)[..expected.len()], expected);
    assert!(found.broken.len() == 1 && found.broken[0].why.contains("not JSON"), "{:?}", found.broken);
    for wrapped in [
        format!("{{\"_items\":{}}}", samples::NINJS),
        format!("{{\"data\":{{\"items\":{}}}}}", samples::NINJS),
    ] {
        assert_eq!(document(&wrapped).entries, found.entries);
    }
    assert_eq!(
        document("{\"data\":{\"items\":[{\"item\":{\"uri\":\"u\",\"headline\":\"H\"}}]}}").entries[0].title,
        "H"
    );
}

#[test]
fn iptc_7901() {
    let found = document(samples::IPTC);
    assert_eq!(
        told(&found),
        [
            "iptc7901:20260302:AX0123 | EL PLENO DE LUGO APRUEBA LAS CUENTAS | - | 02T10:30 ",
            "ms/rm | POL, Lugo-cuentas, pleno | - | urgency=4",
            "<p>LUGO, 2 mar (AX).- La edil Marta Soler presentó el texto a las diez.</p>",
            "<p>Obras 3 4<br>Personal 1 2</p>",
            "<p>&quot;No habrá &lt;más&gt; recortes&quot;, dijo. AX</p>",
            "iptc7901:20260302:AX0124 | URGENTE: Lugo gana | - | 02T10:45 ",
            " | SPO | - | urgency=1",
            "<p>Lugo ganó 3-1.</p>",
        ]
    );
    assert!(!found.partial);
    // In latin-1, as lines of transmission send it; without control characters, as file drops keep it; cut.
    let latin1: Vec<u8> = samples::IPTC.chars().map(|c| c as u8).collect();
    assert_eq!(read(&latin1, &Hints::default()).unwrap().entries.len(), 2);
    let bare: String = samples::IPTC
        .split('\u{1}')
        .nth(1)
        .unwrap()
        .chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .collect();
    assert_eq!(document(&bare).entries[0].title, "EL PLENO DE LUGO APRUEBA LAS CUENTAS");
    let cut = document(samples::IPTC.split_once("recortes").unwrap().0);
    assert_eq!((cut.entries.len(), cut.partial), (1, true));
    let german = document(
        "\u{1}BX0001 3 ins 20\n\u{2}Neue Br}cke\n\nDie Stra~e }ber den Flu~ w{re f}r Ulm gro~.\n\u{3}",
    );
    assert_eq!(
        german.entries[0].content_html.as_deref(),
        Some("<p>Die Straße über den Fluß wäre für Ulm groß.</p>")
    );
}

#[test]
fn a_broken_item_costs_no_neighbour_and_a_cut_document_keeps_whole_ones() {
    let item = |n: u32, inner: &str| {
        format!(
            "<newsItem guid=\"g{n}\"><contentMeta><headline>H{n}</headline></contentMeta>{inner}</newsItem>"
        )
    };
    let set = |inner: &str| format!("<newsMessage><itemSet>{inner}</itemSet></newsMessage>");
    let damaged = "<contentSet><inlineXML><p>a & b <c</q></inlineXML></itemMeta>";
    for (name, text, guids, broken, partial) in [
        ("mismatched tags", set(&(item(1, damaged) + &item(2, ""))), vec!["g1", "g2"], 0, false),
        (
            "never closed",
            set(&(item(1, "").replace("</newsItem>", "") + &item(2, ""))),
            vec!["g1", "g2"],
            0,
            false,
        ),
        ("empty", set(&("<newsItem></newsItem>".to_owned() + &item(2, ""))), vec!["g2"], 1, false),
        (
            "cut in an item",
            set(&(item(1, "") + &item(2, ""))).split_once("H2").unwrap().0.to_owned(),
            vec!["g1"],
            0,
            true,
        ),
        ("cut between", format!("<newsMessage><itemSet>{}", item(1, "")), vec!["g1"], 0, true),
        ("cut in the only one", item(1, "").replace("</newsItem>", ""), vec![], 1, true),
        (
            "a vocabulary",
            "<knowledgeItem guid='k'><conceptSet/></knowledgeItem>".to_owned(),
            vec![],
            1,
            false,
        ),
        (
            "a wrapper",
            format!("<soap:Envelope><soap:Body>{}</soap:Body></soap:Envelope>", item(1, "")),
            vec!["g1"],
            0,
            false,
        ),
    ] {
        let found = document(&text);
        let seen: Vec<&str> = found.entries.iter().filter_map(|e| e.guid.as_deref()).collect();
        assert_eq!((seen, found.broken.len(), found.partial), (guids, broken, partial), "{name}");
    }
}

#[test]
fn what_is_none_of_them_is_left_to_the_feed_reader() {
    for text in [
        "<rss><channel><item><title>a</title><description>&lt;nitf/></description></item></channel></rss>",
        "<html><body><nitf>x</nitf></body></html>",
        "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"t\",\"items\":[{\"id\":\"1\",\"url\":\"u\",\"title\":\"x\"}]}",
        "{\"a\":1}",
        "[]",
        "[1,2",
        "Una nota sin forma.\nCon dos renglones.",
        "<x>",
        "",
    ] {
        assert!(super::read(text, &Hints::default(), &mut Default::default()).is_none(), "{text}");
    }
}

#[test]
fn hostile_documents_are_read_in_linear_time_and_bounded_size() {
    const SIZE: usize = 2 << 20;
    for (name, unit, head) in [
        ("nesting", "<a>", "<nitf><body>"),
        ("items", "<url/>", "<urlset>"),
        ("open items", "<url ", "<urlset>"),
        ("ampersands", "&", "<nitf><body>"),
        ("attributes", " a='b'", "<nitf><body><p"),
        ("ends", "</p>", "<nitf><body>"),
        ("inline", "<b></b> ", "<nitf><body>"),
        ("quotes", "<a b='", "<nitf><body>"),
        ("components", "<NewsComponent><NewsLines/></NewsComponent>", "<NewsML><NewsItem>"),
        ("subjects", "<Subject FormalName='11111111'/>", "<NewsML><NewsItem><DescriptiveMetadata>"),
        ("arrays", "[", "{\"uri\":\"u\",\"title\":"),
        ("objects", "{\"uri\":\"u\",\"title\":\"t\"},", "["),
        ("values", "0,", "{\"uri\":\"u\",\"title\":\"t\",\"x\":["),
        ("messages", "\u{1}A1 1 a 1\nx", ""),
        ("lines", "a\n", "\u{1}A1 1 a 1\n\u{2}"),
    ] {
        let text = head.to_owned() + &unit.repeat(SIZE / unit.len());
        let found = super::read(&text, &Hints::default(), &mut Default::default()).map(|d| d.unwrap());
        let size = found.map_or(0, |d| d.entries.len() + d.broken.len());
        assert!(size <= super::items::MAX_ITEMS + 1, "{name}: {size}");
    }
}

proptest::proptest! {
    #[test]
    fn no_damage_makes_it_panic(which in 0_usize..7, at in 0_usize..4000, cut in 0_usize..30, put in "(<|>|&|'|\"|\\[|\\}|\u{1}|\u{3}|é|</p>|<p>|<!\\[CDATA\\[|){0,3}") {
        let all = [samples::SITEMAP, samples::INDEX, samples::NEWSML, samples::G2, samples::NITF, samples::NINJS, samples::IPTC];
        let chars: Vec<char> = all[which].chars().collect();
        let at = at % chars.len();
        let damaged: String = chars[..at].iter().chain(put.chars().collect::<Vec<_>>().iter()).chain(&chars[(at + cut).min(chars.len())..]).collect();
        let _ = super::read(&damaged, &Hints::default(), &mut Default::default());
    }
}
