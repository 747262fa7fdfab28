//! Pages that are no article have a name, and are never published as news. The copy is invented.

use std::sync::LazyLock;

use crate::strip_support::{page_item, run};
use wiredesk_cleaner::strip::memory::InForce;
use wiredesk_cleaner::strip::{Rules, strip};
use wiredesk_cleaner::tool::extract;
use wiredesk_contract::status::CopyKind;
use wiredesk_contract::{Outcome, RawItem};

static RULES: LazyLock<Rules> = LazyLock::new(Rules::default);

const PARAGRAPH: &str = "<p>El pleno de Valdeprado aprobó este martes la reforma de la plaza mayor con los votos de todos los grupos, según informó la alcaldesa en rueda de prensa.</p>";

fn front() -> String {
    let stories: String = (0..24)
        .map(|n| format!("<div class=\"card\"><h2><a href=\"/n/{n}\">El pleno número {n} de Valdeprado aprueba la reforma</a></h2><p>Una entradilla de la noticia {n} que cuenta de qué va en una línea.</p></div>"))
        .collect();
    format!(
        "<html lang=es><head><title>Deportes | El Diario de Valdeprado</title><meta property=\"og:type\" content=\"website\"><link rel=\"canonical\" href=\"https://diario.example/deportes/\"></head><body><main><h1>Deportes</h1>{stories}</main></body></html>"
    )
}

fn pages() -> Vec<(&'static str, String)> {
    let simple = |title: &str, body: &str| {
        format!("<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>")
    };
    vec![
        ("section_front", front()),
        ("error_page", simple("404 - Página no encontrada", "<p>La página que busca no existe o ha cambiado de dirección. Vuelva a la portada o use el buscador.</p>")),
        ("error_page", simple("Page not found | The Valley Gazette", "<p>Sorry, we could not find that page. It may have moved, or the address may be wrong.</p>")),
        ("error_page", simple("Page introuvable", "<p>La page demandée n'existe pas ou n'existe plus. Retournez à la page d'accueil.</p>")),
        ("error_page", simple("Seite nicht gefunden - Talblatt", "<p>Die gesuchte Seite gibt es nicht oder nicht mehr. Zur Startseite geht es hier entlang.</p>")),
        ("error_page", simple("Just a moment...", "<p>Checking your browser before you reach the site. This process is automatic and takes a few seconds.</p>")),
        ("error_page", simple("Access Denied", "<p>You don't have permission to access this page on this server. Reference number eighteen.</p>")),
        ("error_page", simple("503 Service Unavailable", "<p>The server is temporarily unable to service your request due to maintenance downtime.</p>")),
        ("login_wall", simple("Inicia sesión", "<form><input type=\"email\"><input type=\"password\"></form><p>Accede con tu cuenta para seguir leyendo las noticias de tu comarca cada mañana.</p>")),
        ("login_wall", simple("Connectez-vous pour lire la suite", "<form><input type='password'></form><p>Déjà abonné ? Saisissez votre adresse et votre mot de passe pour continuer.</p>")),
        ("login_wall", simple("Log in | The Valley Gazette", "<form><input type=\"password\"></form><p>Enter your email address and your password to go on reading your local paper.</p>")),
        ("login_wall", simple("Anmelden - Talblatt", "<form><input type=\"password\"></form><p>Bitte geben Sie Ihre Zugangsdaten ein, um weiterzulesen.</p>")),
        ("video_stub", "<html><head><title>El temporal, en vídeo</title><meta property=\"og:type\" content=\"video.other\"></head><body><h1>El temporal, en vídeo</h1><video src=a.mp4></video><p>Las olas rompen contra el espigón del puerto esta mañana en Valdeprado.</p></body></html>".to_owned()),
    ]
}

#[test]
fn each_kind_has_its_name() {
    for (kind, html) in pages() {
        assert_eq!(extract("a", html.as_bytes())["not_article"], kind, "{html:.120}");
    }
}

#[test]
fn an_article_about_such_a_page_is_an_article() {
    let body = PARAGRAPH.repeat(8);
    for title in [
        "Error 404: la novela que nadie encuentra",
        "Página no encontrada, una exposición en Valdeprado",
        "Access denied: how a village lost its road",
        "Iniciar sesión sin contraseña: así funcionará",
        "Deportes",
    ] {
        let html = format!(
            "<html><head><title>{title}</title><meta property=\"og:type\" content=\"article\"></head><body><article><h1>{title}</h1>{body}</article></body></html>"
        );
        assert!(extract("a", html.as_bytes())["not_article"].is_null(), "{title}");
    }
}

#[test]
fn with_a_teaser_it_goes_on_by_name_and_without_it_is_skipped() {
    for (kind, html) in pages() {
        let with = |teaser: Option<&str>| -> RawItem {
            page_item("Un titular del feed", teaser, &html, "es", "2026-11-24T10:00:00Z")
        };
        let copy = run(&with(Some("La alcaldesa anuncia que la plaza estará lista en abril.")));
        assert_eq!((copy.kind, copy.text.as_str()), (CopyKind::NotArticle, ""), "{kind}");
        assert_eq!(copy.headline, "Un titular del feed");
        assert!(copy.repairs.iter().any(|r| r.kind == format!("page_{kind}")));
        for teaser in [None, Some("Un titular del feed")] {
            let raw = with(teaser);
            match strip(&raw, &RULES, &InForce::default(), raw.fetched_at) {
                Outcome::Skip(why) => assert_eq!(why.reason, kind),
                other => panic!("{kind} was to be skipped, not {other:?}"),
            }
        }
    }
}

#[test]
fn a_feed_with_the_text_needs_no_page() {
    for (_, html) in pages() {
        let mut raw = page_item("Un titular del feed", None, &html, "es", "2026-11-24T10:00:00Z");
        raw.entry.content_html = Some(PARAGRAPH.repeat(2));
        let copy = run(&raw);
        assert_eq!((copy.kind, copy.headline.as_str()), (CopyKind::News, "Un titular del feed"));
        assert!(copy.text.starts_with("El pleno de Valdeprado"));
    }
}

#[test]
fn tables_and_entries_of_a_live_page_keep_their_order() {
    let rows: String = [
        ("Valdeprado", "12.400 votos, un tercio más que hace cuatro años"),
        ("Sotoviejo", "9.870 votos, los mismos que en la última elección"),
        ("Ribera Alta", "4.100 votos, con dos mesas por contar todavía"),
    ]
    .iter()
    .map(|(place, votes)| format!("<tr><td>{place}</td><td>{votes}</td></tr>"))
    .collect();
    let entries: String = ["10:15", "10:05", "09:50"]
        .iter()
        .enumerate()
        .map(|(n, hour)| format!("<div class=\"entry\"><h3>{hour} Novedad {n} del temporal</h3><p>A las {hour} el puerto informó de la novedad {n}: las olas seguían por encima de los cuatro metros y el paseo estaba cerrado.</p></div>"))
        .collect();
    let html = format!(
        "<html lang=es><head><title>El temporal, minuto a minuto</title></head><body><article><h1>El temporal, minuto a minuto</h1>{PARAGRAPH}<table>{rows}</table>{entries}{PARAGRAPH}</article></body></html>"
    );
    let out = extract("a", html.as_bytes());
    let text = out["text"].as_str().unwrap_or_default();
    let places: Vec<usize> = [
        "Valdeprado 12.400",
        "Sotoviejo 9.870",
        "Ribera Alta 4.100",
        "A las 10:15",
        "A las 10:05",
        "A las 09:50",
    ]
    .iter()
    .map(|wanted| text.find(wanted).unwrap_or_else(|| panic!("{wanted} is not in {text}")))
    .collect();
    assert!(places.is_sorted(), "{text}");
}
