//! Forum pages (vBulletin and its kin): the first post's words, without the board's chrome; from HTML or flattened text.

use std::sync::LazyLock;

use dom_query::Document;
use regex::Regex;
use wiredesk_contract::copy::Removed;

use super::blocks::Block;
use super::extract::blocks;
use super::pattern::pattern;

/// Where boards keep the words of a post: vBulletin 5, 4 and 3, phpBB.
const POSTS: &str =
    ".js-post__content-text, .b-post__content, .postcontent, [id^=post_message_], .postbody .content";

/// The blocks of the first post; `None` where the page is no forum's.
pub(crate) fn post(document: &Document) -> Option<Vec<Block>> {
    let found = document.select(POSTS);
    let first = found.nodes().first()?;
    Some(blocks::of(first)).filter(|blocks| !blocks.is_empty())
}

static CHROME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:annonces?|réduire|aucune annonce(?: pour le moment)?\.?|x|filtre|heure|toutes les dates|aujourd['’]hui|la semaine dernière|le mois dernier|afficher|tous?|tout nettoyer|discussions seulement|photos?(?: seulement)?|vidéos? seulement|liens seulement|sondages seulement|évènements seulement|filtré par ?:?|messages?(?: ?: ?\d+)?|dernière activité|page|de \d+|(?:page )?\d+(?: de \d+)?|précédent|suivante?|template|nouveaux messages|chargement\.{0,3}…?|#\d+|tags ?: ?(?:aucun\(e\))?|aucun\(e\)|citer|j['’]aime|signaler|commentaire|date d['’]inscription ?:.*|membre confirmé|oui|non|ok|annuler|modèles de message|veuillez patienter\.{0,3}|aide|nous contacter|haut(?: de page)?|accueil|forums?|blogs|articles|groupes|calendrier|messages du jour|liste des membres|recherche dans les titres.*|rechercher|connexion.*|s['’]identifier.*|fonctionne avec vbulletin.*|powered by vbulletin.*|tous droits réservés.*|fuseau horaire.*|cette page a été générée.*|announcement|collapse|no announcement yet\.?|filter|time|show|clear all|new posts|loading\.{0,3}|posts|latest activity|anuncio|contraer|todavía no hay ningún anuncio\.?|filtrar|mostrar|limpiar todo|cargando\.{0,3}|\d{2}/\d{2}/\d{4},? \d{1,2}[h:]\d{2})$",
    )
});

/// Drops the chrome of a flattened forum page, where there is enough of it to be sure that it is one.
pub(crate) fn drop_flattened(blocks: Vec<Block>, removed: &mut Vec<Removed>) -> Vec<Block> {
    let found = blocks.iter().filter(|b| CHROME.is_match(&b.text)).count();
    if found < 4 {
        return blocks;
    }
    let (chrome, kept): (Vec<Block>, Vec<Block>) = blocks.into_iter().partition(|b| CHROME.is_match(&b.text));
    removed.extend(chrome.into_iter().map(|b| Removed { text: b.text, reason: "forum_chrome".to_owned() }));
    kept
}
