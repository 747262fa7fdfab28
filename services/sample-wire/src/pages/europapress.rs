//! A big agency site: menus, cookie notice, share buttons, related links, "Te recomendamos", legal footer;
//! the dateline stands in a paragraph of its own.

use super::{links, paragraphs};
use crate::edition::Edition;
use crate::settings::Settings;
use wiredesk_contract::escape::escaped;

pub(super) const CHROME: &[&str] = &[
    "Utilizamos cookies propias y de terceros",
    "Te recomendamos",
    "Leer más acerca de",
    "Compartir en WhatsApp",
    "Está expresamente prohibida la redistribución",
    "Lo más leído",
    "Suscríbete a nuestro boletín",
    "(EUROPA PRESS)",
];

/// The page.
pub(super) fn page(settings: &Settings, edition: &Edition, others: &[&Edition]) -> String {
    let local = edition.published.with_timezone(&edition.wire.zone);
    let title = escaped(&edition.title);
    let mut body = edition.top.iter().map(|line| format!("<p>{}</p>\n", escaped(line))).collect::<String>();
    if let Some(dateline) = &edition.dateline {
        body.push_str(&format!("<p>{}</p>\n", escaped(&dateline.raw)));
    }
    body.push_str(&paragraphs(&edition.paragraphs));
    body.push_str(&edition.end.iter().map(|line| format!("<p>{}</p>\n", escaped(line))).collect::<String>());
    let photo = if edition.photo {
        "<figure><img src=\"/europapress/foto_690.jpg\" alt=\"\"><figcaption>Imagen de archivo. - EUROPA PRESS (MUESTRA)</figcaption></figure>\n"
    } else {
        ""
    };
    format!(
        r##"<!DOCTYPE html>
<html lang="es">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="canonical" href="{link}">
<meta property="og:type" content="article">
<meta property="og:title" content="{title}">
<meta property="og:description" content="{teaser}">
<meta property="article:published_time" content="{published}">
<meta property="article:modified_time" content="{updated}">
<script>window.dataLayer = window.dataLayer || [];</script>
</head>
<body>
<div id="cookies" class="cookie-banner" role="dialog"><p>Utilizamos cookies propias y de terceros para mejorar nuestros servicios y mostrarle publicidad. <a href="/cookies">Más información</a></p><button>Aceptar</button> <button>Rechazar</button></div>
<header class="cabecera">
<a href="/europapress/" class="logo">Europa Press (muestra)</a>
<nav class="menu-principal"><ul>
<li><a href="/europapress/nacional/">Nacional</a></li><li><a href="/europapress/internacional/">Internacional</a></li>
<li><a href="/europapress/economia/">Economía</a></li><li><a href="/europapress/deportes/">Deportes</a></li>
<li><a href="/europapress/cultura/">Cultura</a></li><li><a href="/europapress/sociedad/">Sociedad</a></li>
</ul></nav>
<nav class="autonomias"><a href="#">Andalucía</a> <a href="#">Aragón</a> <a href="#">Cantabria</a> <a href="#">Castilla y León</a> <a href="#">Galicia</a> <a href="#">La Rioja</a></nav>
</header>
<main>
<article class="noticia" itemscope itemtype="https://schema.org/NewsArticle">
<div class="migas"><a href="/europapress/">Inicio</a> &gt; <a href="/europapress/{section}/">{section}</a></div>
<h1 itemprop="headline">{title}</h1>
{photo}<div class="firma">Europa Press {section} · Actualizado: {stamp}</div>
<ul class="compartir"><li><a href="#">Compartir en Facebook</a></li><li><a href="#">Compartir en X</a></li><li><a href="#">Compartir en WhatsApp</a></li><li><a href="#">Enviar por correo</a></li></ul>
<div class="NormalTextoNoticia" itemprop="articleBody">
{body}</div>
<div class="etiquetas"><p>Leer más acerca de:</p><ul><li><a href="#">{section}</a></li><li><a href="#">Última hora</a></li></ul></div>
<div class="boletin"><p>Suscríbete a nuestro boletín y recibe cada mañana las noticias del día.</p></div>
</article>
<aside class="recomendados"><h2>Te recomendamos</h2><ul>
{recommended}</ul></aside>
<aside class="mas-leido"><h2>Lo más leído</h2><ol>
{read}</ol></aside>
</main>
<footer><p>© {year} Europa Press. Está expresamente prohibida la redistribución y la redifusión de todo o parte de los contenidos de esta web sin su previo y expreso consentimiento.</p>
<nav><a href="#">Quiénes somos</a> <a href="#">Aviso legal</a> <a href="#">Política de privacidad</a> <a href="{base}/europapress/rss/rss.aspx">RSS</a></nav></footer>
</body>
</html>
"##,
        link = escaped(&edition.link),
        teaser = escaped(&edition.teaser),
        published = edition.published.to_rfc3339(),
        updated = edition.updated.to_rfc3339(),
        section = escaped(&edition.section),
        stamp = local.format("%d/%m/%Y %H:%M"),
        recommended = links(others, 4),
        read = links(others.get(3..).unwrap_or_default(), 5),
        year = local.format("%Y"),
        base = settings.base_url,
    )
}
