//! Pages that are no article: error pages, login walls, stubs of videos, fronts of sections.

use std::sync::LazyLock;

use regex::Regex;

use super::blocks::BlockKind;
use super::extract::Article;
use super::extract::page::{Page, tag};
use super::pattern::pattern;

/// Reasons that say what a page is instead of an article.
pub(crate) const NO_ARTICLE: [&str; 4] = ["error_page", "login_wall", "video_stub", "section_front"];

/// Titles of pages that a server or a guard puts in an article's place.
static ERROR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:error|erreur|fehler|erro|errore)?\s*(?:40[0-9]|410|429|451|50[0-4])\b.{0,60}|(?:error|erreur|fehler|erro|errore)|.{0,40}\b(?:page not found|not found|page (?:introuvable|non trouvée)|página no encontrada|no (?:se ha encontrado|encontramos) la página|página não encontrada|pagina non trovata|seite (?:wurde )?nicht gefunden|pàgina no trobada|access denied|accès refusé|acceso denegado|accesso negato|acesso negado|zugriff verweigert|forbidden|service unavailable|bad gateway|gateway time-?out|internal server error|too many requests|temporarily unavailable|site (?:is )?under maintenance|en mantenimiento|en maintenance|wartungsarbeiten)\b.{0,40}|just a moment\W*|attention required\b.{0,40}|are you a (?:robot|human)\W*|please verify you are a human\W*|verif(?:y|ying) you are human\b.{0,40}|checking your browser\b.{0,60}|security check|pardon our interruption\W*|un momento\W*|un instant\W*)$",
    )
});

/// Titles and headings of walls.
static LOGIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:log ?in|sign ?in|log ?on|register|create (?:an|your) account|subscribe(?: now| to (?:continue|read))?\b.{0,40}|iniciar? sesión|inicia sesión|acceso(?: de)? (?:usuarios|suscriptores|clientes)|identif[ií]cate|identificación|regístrate.{0,40}|suscríbete para (?:seguir|continuar|leer).{0,40}|contenido (?:exclusivo|solo) para suscriptores|connexion|se connecter|connectez-vous.{0,40}|identifiez-vous|identification|créer un compte|abonnez-vous pour.{0,40}|article réservé (?:à nos|aux) abonnés|accedi|accesso|registrati.{0,30}|abbonati per.{0,40}|contenuto riservato agli abbonati|entrar|iniciar sessão|faça login.{0,30}|conteúdo exclusivo para assinantes|anmelden|anmeldung|einloggen|login|jetzt registrieren|weiterlesen mit.{0,40}|inicia sessió|identifica't|inicieu la sessió)(?: (?:[-–—|·:]|to|at|en|sur|a|bei|su) .{1,40})?\W*$",
    )
});

/// Longest prose of an error page or a wall, in characters: what has more is an article about one.
const WALL: usize = 900;
/// Longest prose beside a video that is the whole page.
const STUB: usize = 350;
/// Fewest headlines of other stories on a front.
const HEADLINES: usize = 15;

/// What this page is, where it is none of an article.
pub(crate) fn of(html: &str, page: &Page, article: &Article) -> Option<&'static str> {
    let prose = prose(article);
    let declared = Declared::of(page);
    if prose <= WALL {
        let mut titles: Vec<&str> = article.title.as_deref().into_iter().collect();
        titles.extend(page.head.title.as_deref());
        titles.extend(
            page.pieces
                .iter()
                .filter(|p| page.place(p).tags & (tag::H1 | tag::H2) != 0)
                .take(3)
                .map(|p| p.text.as_str()),
        );
        if titles.iter().take(3).any(|t| ERROR.is_match(whole(t))) {
            return Some("error_page");
        }
        let asks = html.contains("type=\"password\"") || html.contains("type='password'");
        if titles.iter().any(|t| LOGIN.is_match(whole(t))) && (asks || prose <= WALL / 3) {
            return Some("login_wall");
        }
    }
    if prose <= STUB && declared.video && !declared.article {
        return Some("video_stub");
    }
    let headlines = page
        .pieces
        .iter()
        .filter(|p| p.letters >= 20 && p.linked * 10 >= p.letters * 8 && page.place(p).tags & tag::NAV == 0)
        .count();
    let front = declared.front || article.canonical.as_deref().is_some_and(is_root);
    if front
        && !declared.article
        && article.published.is_none()
        && headlines >= HEADLINES
        && prose <= WALL * 2
    {
        return Some("section_front");
    }
    None
}

/// The title itself, where the site's name follows.
fn whole(title: &str) -> &str {
    [" | ", " - ", " – ", " — "]
        .iter()
        .fold(title, |rest, mark| rest.split(mark).next().unwrap_or(rest))
        .trim()
}

/// Characters of its paragraphs.
fn prose(article: &Article) -> usize {
    article
        .blocks
        .iter()
        .filter(|b| b.kind == BlockKind::Paragraph && b.links < 0.5)
        .map(|b| b.text.chars().count())
        .filter(|length| *length >= 60)
        .sum()
}

/// Is it the address of a site itself?
fn is_root(address: &str) -> bool {
    let path = address.split_once("://").map_or(address, |(_, rest)| rest);
    path.trim_end_matches('/').split_once('/').is_none()
}

/// What the page declares itself to be.
#[derive(Default)]
struct Declared {
    article: bool,
    video: bool,
    front: bool,
}

impl Declared {
    fn of(page: &Page) -> Self {
        let mut out = Self::default();
        for (key, value) in &page.head.metas {
            match key.as_str() {
                "og:type" => {
                    let value = value.to_lowercase();
                    out.article |= value.contains("article") || value.contains("news");
                    out.video |= value.starts_with("video");
                    out.front |= value == "website";
                }
                "article:published_time" => out.article = true,
                _ => {}
            }
        }
        for ld in &page.head.ld {
            let has = |kind: &str| ld.contains(kind);
            out.article |= has("Article\"") || has("BlogPosting\"") || has("LiveBlogPosting\"");
            out.video |= has("\"VideoObject\"");
            out.front |= has("\"CollectionPage\"") || has("\"ItemList\"");
        }
        out
    }
}
