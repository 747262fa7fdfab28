//! Chrome in text that comes without a page (a feed's content, flattened text): lines that go by their words and links.

use std::sync::LazyLock;

use regex::Regex;
use wiredesk_contract::copy::Removed;

use crate::strip::blocks::{Block, BlockKind};
use crate::strip::pattern::pattern;

fn note(removed: &mut Vec<Removed>, text: &str, reason: &str) {
    removed.push(Removed { text: text.chars().take(200).collect(), reason: reason.to_owned() });
}

/// Openings of lines that are chrome wherever they stand, by reason.
static LINES: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    [
        ("read_more", r"(?i)^(?:leer más|lee también|lea también|leer también|lire aussi|à lire aussi|lire la suite|à lire également|leia (?:também|mais)|saiba mais|ler também|veja também|leggi anche|per approfondire|read more|read also|see also|also read|see more|mehr zum thema|lesen sie auch|lesen sie mehr|auch interessant|llegiu també|llegir més|más información|te puede interesar|també et pot interessar|related|keep reading|continue reading)\b.{0,160}$"),
        ("related_links", r"(?i)^(?:te recomendamos|también te puede interesar|le puede interesar|lo más (?:leído|visto)|noticias relacionadas|artículos relacionados|sur le même sujet|articles? (?:liés|similaires)|les plus lus|mais lidas|notícias relacionadas|relacionadas|articoli correlati|potrebbe interessarti|i più letti|you may also like|recommended(?: for you)?|related (?:articles|stories|topics|content|news)|most read|more on this story|meistgelesen|das könnte sie auch interessieren|contenido relacionado|etiquetas|archivado en|tags?:?|temas|topics)\s*:?$"),
        ("share_row", r"(?i)^(?:compart(?:ir|e|ilhar|ilhe|eix)|partager|condividi|share|teilen|tweet|whatsapp|facebook|copiar enlace|copy link|enviar por|imprimir|guardar|síguenos|suivez-nous|siga-nos|seguici|follow us|folgen sie)\b.{0,80}$"),
        ("newsletter_box", r"(?i)^(?:suscr[ií]b(?:ete|ase)|apúntate|regístrate|recibe (?:en tu|cada)|inscrivez-vous|abonnez-vous|recevez|inscreva-se|assine|subscreva|iscriviti|abbonati|sign up|subscribe|get (?:the|our) .{0,30}newsletter|jetzt abonnieren|melden sie sich|newsletter|subscriu-te|thanks for signing up)\b.{0,200}$"),
        ("cookie_notice", r"(?i)^(?:utilizamos cookies|usamos cookies|este sitio (?:web )?utiliza cookies|nous utilisons des cookies|ce site utilise|we use cookies|this (?:web)?site uses cookies|utilizziamo i cookie|questo sito (?:usa|utilizza)|wir verwenden cookies|diese website verwendet|utilitzem galetes|este site (?:usa|utiliza))\b"),
        ("comments", r"(?i)^(?:comentarios|commentaires|commenti|comentários|comments?|kommentare|leave a (?:comment|reply)|deja (?:un|tu) comentario|laisser un commentaire|ver \d+ comentarios|\d+ (?:comments?|comentarios|commentaires|kommentare))\s*:?\d*$"),
        ("advertisement", r"(?i)^(?:publicidad|publicité|advertisement(?: \d+)?|article content|pubblicità|publicidade|anzeige|werbung|publicitat|ad|continua dopo la pubblicità|la suite après cette publicité|story continues below.*|article continues (?:below|after).*)$"),
        ("copyright", r"(?i)^(?:©|\(c\) ?\d{4}|copyright ©?).{0,200}$"),
        ("date_row", r"(?i)^(?:(?:last )?updated|actualizado|publicado|publié le|mis à jour|pubblicato|aggiornato|aktualisiert|atualizado|published|posted)\b.{0,60}\d{1,2}[:.h]\d{2}.{0,20}$"),
    ]
    .into_iter()
    .map(|(reason, text)| (reason, pattern(text)))
    .collect()
});

/// Drops the lines that are chrome; a copyright line is kept for the conventions to read.
pub(crate) fn drop_lines(blocks: Vec<Block>, removed: &mut Vec<Removed>) -> Vec<Block> {
    let mut kept: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks {
        match reason(&block) {
            Some("copyright") | None => kept.push(block),
            Some(reason) => note(removed, &block.text, reason),
        }
    }
    // Headings that nothing follows any more; the wire's own last line looks like one.
    while kept
        .last()
        .is_some_and(|b| b.kind == BlockKind::Subhead && !crate::strip::conventions::own_line(&b.text))
    {
        if let Some(block) = kept.pop() {
            note(removed, &block.text, "empty_section");
        }
    }
    kept
}

fn reason(block: &Block) -> Option<&'static str> {
    let length = block.text.chars().count();
    if length <= 260
        && let Some((reason, _)) = LINES.iter().find(|(_, line)| line.is_match(&block.text))
    {
        // A sentence that merely opens with such a word is prose: real chrome is linked, short or without a full stop.
        let prose = block.text.ends_with('.') && length > 70 && block.links < 0.3;
        let certain = matches!(*reason, "cookie_notice" | "newsletter_box" | "copyright");
        if certain || !prose {
            return Some(reason);
        }
    }
    let linked = block.links > 0.85 && length < 200;
    (linked && block.kind != BlockKind::Subhead && !block.text.ends_with(['.', '!', '?', '"', '”', '»']))
        .then_some("related_links")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chrome_lines_go_and_prose_stays() {
        for (line, wanted) in [
            ("Leer más acerca de:", Some("read_more")),
            ("Lire aussi : la tempête Irune en images", Some("read_more")),
            ("Te recomendamos", Some("related_links")),
            ("Compartir en WhatsApp", Some("share_row")),
            (
                "Suscríbete a nuestro boletín y recibe cada mañana las noticias del día.",
                Some("newsletter_box"),
            ),
            ("We use cookies to make this site work.", Some("cookie_notice")),
            ("Anzeige", Some("advertisement")),
            (
                "Share prices fell on Tuesday after the company said that it would close two of its plants.",
                None,
            ),
            (
                "Compartir piso cuesta ya el 38% del sueldo a los jóvenes, según el informe que se presenta hoy.",
                None,
            ),
            ("Un temporal cierra el puerto.", None),
        ] {
            assert_eq!(reason(&Block::paragraph(line)), wanted, "{line}");
        }
    }
}
