//! A vBulletin forum in French: notices, filter row, post counters, and the title three times over.

use crate::calendar::fill;
use crate::edition::Edition;
use crate::settings::Settings;
use wiredesk_contract::escape::escaped;

pub(super) const CHROME: &[&str] = &[
    "Aucune annonce",
    "Tout nettoyer",
    "nouveaux messages",
    "Chargement...",
    "Date d'inscription",
    "Tous droits réservés au forum",
    "(EUROPA PRESS)",
];

/// The page.
pub(super) fn page(settings: &Settings, edition: &Edition) -> String {
    let local = edition.published.with_timezone(&edition.wire.zone);
    let title = escaped(&edition.title);
    let upper = fill("{d} {MONTH} {Y}", "fr", &local);
    let mut text = format!("<b>{title}</b><br />\n<br />\n{upper}<br />\n<br />\n");
    for line in edition.with_dateline() {
        text.push_str(&format!("{}<br />\n<br />\n", escaped(&line)));
    }
    format!(
        r##"<!DOCTYPE html>
<html lang="fr">
<head><meta charset="utf-8"><title>{title} - Forum des dépêches</title><link rel="canonical" href="{link}"><meta name="generator" content="vBulletin 5.6.9"></head>
<body class="vb-page">
<div id="header"><a href="{base}/forum/">Forum des dépêches</a>
<ul class="channel-tabbar"><li><a href="#">Forums</a></li><li><a href="#">Blogs</a></li><li><a href="#">Articles</a></li><li><a href="#">Groupes</a></li></ul>
<ul class="channel-subtabbar"><li><a href="#">Messages du jour</a></li><li><a href="#">Liste des membres</a></li><li><a href="#">Calendrier</a></li></ul>
<form><input placeholder="Recherche dans les titres uniquement"><button>Rechercher</button></form></div>
<div class="breadcrumbs"><a href="#">Accueil</a> <a href="#">Forum</a> <a href="#">Revue de presse</a> <a href="#">{section}</a></div>
<div class="announcements-widget"><div class="module-title"><h2>Annonce</h2><a href="#" class="module-collapse">Réduire</a></div><div>Aucune annonce pour le moment.</div></div>
<h1 class="main-title">{title}</h1>
<div class="conversation-toolbar"><a href="#">Réduire</a> <span>X</span> <a href="#">Réduire</a>
<ul><li>Messages</li><li>Dernière activité</li><li>Photos</li></ul>
<div class="toolset"><span>Page</span> <b>1</b> <span>de 1</span></div>
<div class="filter"><span>Filtre</span> <ul><li>Heure</li><li>Toutes les dates</li><li>Aujourd'hui</li><li>La semaine dernière</li><li>Afficher</li><li>Tous</li><li>Discussions seulement</li><li>Photos seulement</li></ul> <a href="#">Tout nettoyer</a></div>
<div class="new-posts"><a href="#">nouveaux messages</a></div></div>
<ul class="conversation-list">
<li class="b-post" data-node-id="481523" itemscope itemtype="http://schema.org/Comment">
<div class="b-userinfo"><a href="#" class="author"><strong>Chroniqueur_du_Rail</strong></a> <div class="usertitle">Membre confirmé</div>
<ul><li>Date d'inscription: mars 2011</li><li>Messages: 18423</li></ul></div>
<div class="b-post__body">
<h2 class="b-post__title">{title}</h2>
<hr>
<div class="b-post__timestamp"><time datetime="{iso}">{stamp}</time></div> <a href="#" class="b-post__count">#1</a>
<div class="b-post__content js-post__content-text" itemprop="text">
{text}</div>
<div class="b-post__footer"><ul><li><a href="#">Tags:</a> Aucun(e)</li><li><a href="#">Citer</a></li><li><a href="#">J'aime</a></li><li><a href="#">Signaler</a></li></ul></div>
</div></li></ul>
<div class="loading-indicator">Chargement...</div>
<div class="b-editor"><h3>Modèles de message</h3><div>Veuillez patienter...</div><button>Oui</button><button>Non</button></div>
<div id="footer"><ul><li><a href="#">Aide</a></li><li><a href="#">Nous contacter</a></li><li><a href="#">Haut de page</a></li></ul>
<div>Fonctionne avec vBulletin (imitation). Tous droits réservés au forum. Fuseau horaire GMT+1. Cette page a été générée à {clock}.</div></div>
</body>
</html>
"##,
        link = escaped(&edition.link),
        base = settings.base_url,
        section = escaped(&edition.section),
        iso = edition.published.to_rfc3339(),
        stamp = local.format("%d/%m/%Y, %Hh%M"),
        clock = local.format("%Hh%M"),
    )
}
