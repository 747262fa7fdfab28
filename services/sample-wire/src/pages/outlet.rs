//! Four newspapers: the same trade, four templates' worth of chrome around it.

use super::{links, paragraphs};
use crate::edition::Edition;
use crate::settings::Settings;
use wiredesk_contract::escape::escaped;

pub(super) const CHROME: &[&str] = &[
    "Usamos cookies para que la web funcione",
    "Síguenos en redes sociales",
    "También te puede interesar",
    "Todos los derechos reservados",
];

struct Template {
    menu: &'static [&'static str],
    body_class: &'static str,
    share: &'static str,
}

const TEMPLATES: [Template; 4] = [
    Template {
        menu: &["Costa", "Puerto", "Sucesos", "Gente", "Agenda"],
        body_class: "entry-content",
        share: "Facebook | X | Telegram",
    },
    Template {
        menu: &["Local", "Comarcas", "Opinión", "Esquelas", "Campo"],
        body_class: "article-body",
        share: "Comparte esta noticia",
    },
    Template {
        menu: &["Portada", "Provincia", "Deporte", "Hemeroteca"],
        body_class: "voc-d",
        share: "Compartir · Comentar · Guardar",
    },
    Template {
        menu: &["Última hora", "Vídeos", "Sureste", "Empresas", "Ocio"],
        body_class: "post__text",
        share: "Copiar enlace · WhatsApp",
    },
];

/// The page.
pub(super) fn page(settings: &Settings, number: u8, edition: &Edition, others: &[&Edition]) -> String {
    let template = &TEMPLATES[usize::from(number) % TEMPLATES.len()];
    let menu: String =
        template.menu.iter().map(|entry| format!("<li><a href=\"#\">{entry}</a></li>")).collect();
    let name = edition.wire.name.trim_end_matches(" (sample)");
    let title = escaped(&edition.title);
    format!(
        r##"<!DOCTYPE html>
<html lang="es">
<head><meta charset="utf-8"><title>{title} | {name}</title><link rel="canonical" href="{link}">
<meta property="og:title" content="{title}"><meta property="og:site_name" content="{name}">
<meta property="article:published_time" content="{iso}"></head>
<body>
<div class="aviso-cookies"><p>Usamos cookies para que la web funcione y para medir la audiencia.</p><button>De acuerdo</button></div>
<header><a href="{base}/{path}/">{name}</a><nav><ul>{menu}</ul></nav></header>
<main><article>
<h1>{title}</h1>
<p class="byline">{byline}</p>
<time datetime="{iso}">{stamp}</time>
<div class="share">{share}</div>
<div class="{body_class}">
{body}</div>
<div class="follow"><p>Síguenos en redes sociales y no te pierdas ninguna noticia.</p></div>
</article>
<aside><h3>También te puede interesar</h3><ul>
{related}</ul></aside></main>
<footer><p>© {name}. Todos los derechos reservados. Contacto, publicidad y aviso legal.</p></footer>
</body>
</html>
"##,
        link = escaped(&edition.link),
        base = settings.base_url,
        path = edition.wire.path,
        iso = edition.published.to_rfc3339(),
        stamp = edition.published.with_timezone(&edition.wire.zone).format("%d/%m/%Y · %H:%M"),
        byline = escaped(edition.byline.as_deref().unwrap_or("Redacción")),
        share = template.share,
        body_class = template.body_class,
        body = paragraphs(&edition.with_dateline()),
        related = links(others, 4),
    )
}
