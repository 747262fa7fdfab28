//! Strip, seen from outside: pages and feeds in, clean copy out.

use crate::strip_support::{item, page_item, run};
use chrono::NaiveDate;
use proptest::prelude::*;
use wiredesk_cleaner::strip::extract::article;
use wiredesk_cleaner::strip::memory::InForce;
use wiredesk_cleaner::strip::{Rules, strip};
use wiredesk_cleaner::tool;
use wiredesk_contract::Outcome;
use wiredesk_contract::status::{CopyKind, PubStatus, WireSignal};

const EUROPA_PRESS: &str = include_str!("pages/europapress.html");
const FORUM: &str = include_str!("pages/forum.html");
const FORUM_TEXT: &str = include_str!("pages/forum.txt");

#[test]
fn an_agency_page_becomes_copy_without_chrome() {
    let copy = run(&page_item(
        "El Ayuntamiento de Valdeprado reabrirá el mercado en primavera",
        Some("&nbsp; El Ayuntamiento de Valdeprado ha anunciado la reapertura."),
        EUROPA_PRESS,
        "es",
        "2026-02-15T10:00:00Z",
    ));
    insta::assert_snapshot!(copy.text, @r#"
    El Ayuntamiento de Valdeprado ha anunciado la reapertura del mercado municipal en la primera semana de abril, después de dos años de obras en la cubierta.
    "Los puestos volverán a su sitio y los precios también", ha asegurado la concejala de Comercio, Amparo Ruiz Lastra, que ha visitado el edificio con los comerciantes.
    DIECISÉIS PUESTOS
    El mercado contará con dieciséis puestos, dos de ellos reservados a productores de la comarca, y abrirá también los jueves por la tarde.
    La obra ha costado 1,3 millones de euros, según ha precisado el Ayuntamiento en un comunicado.
    "#);
    let dateline = copy.dateline.unwrap();
    assert_eq!(dateline.place.as_deref(), Some("VALDEPRADO"));
    assert_eq!(dateline.date, NaiveDate::from_ymd_opt(2026, 2, 15));
    assert_eq!(copy.agency.as_deref(), Some("Europa Press"));
    assert_eq!((copy.language.as_str(), copy.kind), ("es", CopyKind::News));
    assert!(copy.developing);
}

#[test]
fn a_forum_page_becomes_the_dispatch_that_was_pasted() {
    let copy = run(&page_item(
        "Les ministres évoquent la ligne de Valdeprado",
        None,
        FORUM,
        "fr",
        "2022-02-15T18:00:00Z",
    ));
    insta::assert_snapshot!(copy.text, @r#"
    Le ministre de Transports et la présidente de la région ont abordé ce mardi la réouverture de la ligne de Valdeprado, selon a informé le Ministère dans un communiqué.
    "Nous ne pouvons pas attendre plus", a déclaré la présidente, Milagros Echániz, à l'issue de la rencontre.
    UN CALENDRIER EN QUESTION
    Les voisins ont réclamé que le calendrier se publie avec des dates et ont convoqué une assemblée pour samedi.
    "#);
    insta::assert_snapshot!(copy.deck.clone().unwrap_or_default(), @"La secrétaire d'État insiste pour que les œuvres débutent avant l'été");
    let dateline = copy.dateline.unwrap();
    assert_eq!(dateline.place.as_deref(), Some("MADRID"));
    assert_eq!(dateline.date, NaiveDate::from_ymd_opt(2022, 2, 15));
    assert_eq!((dateline.agency.as_deref(), copy.language.as_str()), (Some("Europa Press"), "fr"));
}

#[test]
fn the_same_flattened_to_text_comes_out_the_same() {
    let page = run(&page_item(
        "Les ministres évoquent la ligne de Valdeprado",
        None,
        FORUM,
        "fr",
        "2022-02-15T18:00:00Z",
    ));
    let line = serde_json::json!({
        "id": "a", "title": "Les ministres évoquent la ligne de Valdeprado", "text": FORUM_TEXT,
        "published": "2022-02-15T18:00:00Z", "language": "fr",
    });
    let clean = tool::clean(&line);
    assert_eq!(clean["text"].as_str().unwrap(), page.text);
    assert_eq!(clean["dateline"]["date"], "2022-02-15");
    assert_eq!(clean["agency"], "Europa Press");
    assert_eq!(clean["id"], "a");
}

#[test]
fn what_a_wire_takes_back_has_no_text() {
    let mut raw = item("ANULACIÓN.- El alcalde dimite", "es");
    raw.entry.content_html = Some(
        "<p>Anulamos la noticia titulada \"El alcalde dimite\" por un error de identificación.</p>".into(),
    );
    let copy = run(&raw);
    assert_eq!((copy.pub_status, copy.signal), (PubStatus::Canceled, Some(WireSignal::Withdrawn)));
    assert_eq!((copy.headline.as_str(), copy.text.as_str(), copy.lead), ("El alcalde dimite", "", None));
    assert!(copy.ed_note.unwrap().starts_with("Anulamos"));
}

#[test]
fn an_embargo_is_in_the_zone_of_the_wire() {
    let mut raw = item("Informe de vivienda", "es");
    raw.source.time_zone = Some("Europe/Madrid".into());
    raw.entry.content_html =
        Some("<p>EMBARGO HASTA LAS 20.00 HORAS DEL 24 NOV</p><p>MADRID, 24 Nov. (EUROPA PRESS) -</p><p>El alquiler sube.</p>".into());
    let copy = run(&raw);
    assert_eq!(copy.pub_status, PubStatus::Withheld);
    assert_eq!(copy.embargoed_until.unwrap().to_rfc3339(), "2026-11-24T19:00:00+00:00");
    assert_eq!(copy.text, "El alquiler sube.");
}

#[test]
fn a_page_that_is_no_article_is_published_by_its_teaser() {
    for (html, reason) in [
        ("<html><body><h1>Identificación</h1><form>Usuario</form></body></html>", "page_login_wall"),
        ("<html><body><h1>Un titular</h1></body></html>", "page_no_body"),
        (&"<<<<".repeat(300_000), "page_not_html"),
        (&format!("<p>{}</p>", "x".repeat(9 << 20)), "page_too_large"),
        (&"\0\u{1}\u{2}\u{fffd}".repeat(100), "page_binary"),
        (
            &format!(
                "<article><p>{}{}</p></article>",
                "Ayer el pleno dio el visto bueno al plan. ".repeat(30),
                "Espa\u{fffd}a aprob\u{fffd} ayer el plan. ".repeat(40)
            ),
            "page_wrong_charset",
        ),
        ("%PDF-1.7", "page_pdf"),
        ("", "page_empty"),
        (&"<div>".repeat(100_000), "page_too_deep"),
    ] {
        let copy = run(&page_item("Título", Some("<p>La teaser.</p>"), html, "es", "2026-11-24T10:00:00Z"));
        assert_eq!(copy.kind, CopyKind::NotArticle);
        assert_eq!((copy.text.as_str(), copy.lead.as_deref()), ("", Some("La teaser.")));
        assert!(copy.repairs.iter().any(|r| r.kind == reason), "{reason}: {:?}", copy.repairs);
    }
}

#[test]
fn hostile_pages_end() {
    for html in [
        "<b>".repeat(100_000),
        format!("<p {}>x</p>", "a=1 ".repeat(100_000)),
        "<p>".repeat(100_000),
        "<table><tr><td>".repeat(20_000),
        format!("<p {}>x</p>", (0..1_000_000).map(|n| format!("a{n}=1 ")).collect::<String>()),
        format!("<div class='{}'>x</div>", "article-body ".repeat(100_000)),
        format!("<script type='application/ld+json'>{}</script><p>x</p>", "[{\"@graph\":".repeat(50_000)),
        "<".repeat(100_000),
    ] {
        article(&html);
    }
}

#[test]
fn every_dateline_of_the_table_is_parsed() {
    let root = std::env::var("WIREDESK_SHARED")
        .unwrap_or_else(|_| format!("{}/../../../shared", env!("CARGO_MANIFEST_DIR")));
    let Ok(table) = std::fs::read_to_string(format!("{root}/data/standards/wire/patterns.tsv")) else {
        println!("SKIP: the table of datelines is not here; set WIREDESK_SHARED");
        return;
    };
    let mut wrong = Vec::new();
    let mut seen = 0;
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        if cells.get(2) != Some(&"dateline") {
            continue;
        }
        seen += 1;
        let (text, city) = (cells[3], cells[4]);
        let line = serde_json::json!({
            "id": "a", "title": "Un titular cualquiera", "text": format!("{}Hay texto después.", text),
            "published": "2030-12-31T12:00:00Z", "language": cells[1],
        });
        let out = tool::clean(&line);
        let dateline = &out["dateline"];
        let place = dateline["place"].as_str().unwrap_or_default();
        let date = dateline["date"].as_str().unwrap_or_default();
        let day = cells[5].parse::<u32>().map(|d| format!("-{d:02}")).unwrap_or_default();
        let month = cells[6].parse::<u32>().map(|m| format!("-{m:02}")).unwrap_or_default();
        let right =
            place == city && date.ends_with(&format!("{month}{day}")) && (date.is_empty() == day.is_empty());
        if !right || !dateline["agency"].is_string() || out["text"] != "Hay texto después." {
            wrong.push(format!("{text:?}: {dateline} {:?}", out["text"]));
        }
    }
    assert!(seen >= 36, "{seen}");
    assert!(wrong.is_empty(), "{} of {seen}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Does the input begin with this word, each character as it is or as it looks where somebody read its UTF-8 as
/// Windows-1252, once or twice?
fn spelt(word: &str, input: &str) -> bool {
    let Some(c) = word.chars().next() else { return true };
    let mut form = c.to_string();
    (0..3).any(|_| {
        let found = input.strip_prefix(form.as_str()).is_some_and(|rest| spelt(&word[c.len_utf8()..], rest));
        form = encoding_rs::WINDOWS_1252.decode_without_bom_handling(form.as_bytes()).0.replace('\u{ad}', "");
        found
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
        tool::extract("a", &bytes);
    }

    #[test]
    fn arbitrary_copy_never_panics(title: String, text in "(?s)(.|\n|<p>|URGENTE: |\\(EFE\\).- |MADRID, 3 Feb. ){0,60}") {
        tool::clean(&serde_json::json!({"id": "a", "title": title, "text": text}));
    }

    #[test]
    fn every_character_of_an_article_is_on_its_page(
        parts in proptest::collection::vec((
            "(p|div|li|h2|td|span|a|figcaption|blockquote|section|aside)",
            "(article-body|teaser|comment|caption|summary|)",
            "[A-Z][a-zà-ÿ&< ]{0,30}( [a-zà-ÿ,]{1,12}){0,40}[.?:]?",
        ), 1..40),
    ) {
        let escape = |t: &str| t.replace('&', "&amp;").replace('<', "&lt;");
        let html: String = parts.iter().map(|(tag, class, text)| format!("<{tag} class='{class}'>{}</{tag}>", escape(text))).collect();
        let out = tool::extract("a", format!("<title>Etwas anderes</title><article>{html}</article>").as_bytes());
        let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let page = bare(&parts.iter().map(|(_, _, text)| text.as_str()).collect::<String>());
        for line in out["text"].as_str().unwrap_or_default().lines() {
            prop_assert!(page.contains(&bare(line)), "{line}");
        }
    }

    #[test]
    fn every_character_of_a_copy_is_in_the_entry(
        title in "[ -%'-;=?-~À-ʯ«»“”‘’…\u{ad}\u{200b}\u{202e}\u{a0}]{1,80}",
        lines in proptest::collection::vec("[ -%'-;=?-~à-ÿ«»“”\u{ad}\u{200b}\u{a0}]{0,120}", 0..12),
        dateline in "(MADRID, 24 Nov[.] \\(EUROPA PRESS\\) - |\\(ANSA\\) - ROMA, 1 LUG - |)",
    ) {
        let mut raw = item(&title, "es");
        let body: String = lines.iter().map(|line| format!("<p>{line}</p>")).collect();
        raw.entry.content_html = Some(format!("<p>{dateline}</p>{body}"));
        let copy = run(&raw);
        let input = format!("{title} {dateline} {}", lines.join(" "));
        for text in [Some(&copy.headline), Some(&copy.text), copy.deck.as_ref(), copy.lead.as_ref(), copy.byline.as_ref()].into_iter().flatten() {
            for word in text.split_whitespace() {
                // Invisible characters are the only thing that may be missing within a word.
                let seen = |c: &char| !matches!(c, '\u{ad}' | '\u{200b}' | '\u{202e}');
                let input: String = input.chars().filter(seen).collect();
                let there = input.char_indices().any(|(at, _)| spelt(word, &input[at..]));
                prop_assert!(there, "{word:?} of {text:?}");
            }
        }
    }

    /// The core is a function: a replay of the same entry, page and all, gives the same bytes.
    #[test]
    fn the_same_entry_is_the_same_copy(
        title in "[ -~À-ʯ«»]{1,60}",
        teaser in proptest::option::of("(<p>|&nbsp;|[ -~à-ÿ]){0,40}"),
        parts in proptest::collection::vec("(<p>|</p>|<h2>|<li>|<br>|&amp;|MADRID, 24 Nov[.] \\(EFE\\)[.]- |Por Ana Vidal|URGENTE|[a-zà-ÿ .,]{0,60})", 0..40),
    ) {
        let html = format!("<article itemprop='articleBody'>{}</article>", parts.concat());
        let raw = page_item(&title, teaser.as_deref(), &html, "es", "2026-11-24T10:00:00Z");
        let bytes = || match strip(&raw, &Rules::default(), &InForce::default(), raw.fetched_at) {
            Outcome::Emit(copies) => copies.iter().map(|s| wiredesk_contract::encode(&s.copy).unwrap()).collect(),
            Outcome::Skip(_) | Outcome::Dead(_) => Vec::new(),
        };
        prop_assert_eq!(bytes(), bytes());
    }

    #[test]
    fn every_word_of_the_copy_is_in_the_input(words in proptest::collection::vec("[a-zà-ÿA-Z0-9(),.:-]{1,12}", 1..80)) {
        let text = words.join(" ");
        let out = tool::clean(&serde_json::json!({"id": "a", "title": "Título", "text": text}));
        for word in out["text"].as_str().unwrap_or_default().split_whitespace() {
            prop_assert!(text.contains(word), "{word}");
        }
    }
}
