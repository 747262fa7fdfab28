//! What stands below a text: who reported, copyright lines, dpa numbers, correction notices.

use std::sync::LazyLock;

use regex::Regex;

use crate::strip::pattern::pattern;

static REPORTING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\(+\s*(?:(?:additional )?reporting|reported by|writing|editing|compiled|edited|written|reportage|reporter|rédigé|rédaction|édité|version française|con información|información de|escrito por|reporte (?:de|por)|editado|edición|com informações|reportagem|edição|redaktion|bericht von|mitarbeit|redigiert|a cura di|redazione|scritto da|informació de|redacció|[\w.]+@[\w.]+)[^()]*(?:\([^()]*\)[^()]*)*\)*\.?$",
    )
});
/// Without brackets it takes two of a desk's verbs, or the wire's own sentence.
static REPORTING_BARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:reporting|writing|reportage|reportagem|rédigé|escrito|reporte|bericht|scritto)\b.{3,120}[;.,]\s*(?:additional|writing|editing|editado|edición|edição|édité|redigiert|redaktion|a cura di|modifica)\b.{3,120}|our standards: .{0,60}trust principles.{0,10}|\(\([\w.]+@[\w.]+;?\)\))$",
    )
});
static COPYRIGHT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:©|\(c\) ?[\d\p{Lu}]|copyright (?:©|\(c\)|\d{4}|by\b)|(?-i:Copyright|COPYRIGHT) \p{Lu}.{2,80}$|riproduzione riservata|.{0,20}todos los derechos reservados|.{0,20}tous droits (?:de (?:reproduction|diffusion)|réservés)|.{0,20}all rights reserved|.{0,20}alle rechte vorbehalten|.{0,20}todos os direitos reservados|.{0,20}tutti i diritti riservati|.{0,20}tots els drets reservats|(?:queda |está )?(?:expresamente |totalmente |terminantemente )?prohibida (?:la|su|toda) (?:redistribución|reproducción|redifusión|difusión|reproducció|copia)|(?:toute )?reproduction (?:interdite|et diffusion interdites)|(?:é )?proibida a (?:reprodução|redistribuição)|(?:vietata|è vietata) la riproduzione|esta noticia no puede ser|este contenido no puede ser|this material may not be|nachdruck|weiterverbreitung|vervielfältigung)",
    )
});
static TERMS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)prohibid|interdit|riservata|vietata|riservati|vorbehalten|untersagt|verboten|rights reserved|droits .{0,60}réservés|derechos reservados|direitos reservados|drets reservats|proibida|no puede ser|may not be|restrictions",
    )
});
static OWNED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)©|\(c\)|copyright|dpa:\d"));
static DPA_ID: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bdpa:\d{6}-\d+-\d+/\d+\b"));
static CORRECTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:[(\[/]|\+{2,3} ?|\*{2,3} ?)(?:this .{0,40}(?:story|version|article|item) (?:has been|was|is|corrects|removes|adds) ?(?:corrected|refiled|updated to correct)?|correct(?:s|ed|ion)\b|refiles?\b|removes\b|fixes\b|clarifies\b|corrige\b|corrección\b|corregid[ao]\b|rectifica\b|rectifie\b|rectificatif\b|correction\b|corrigé|corrige|correção\b|corrigid[ao]\b|retifica\b|corregge\b|correzione\b|rettifica\b|korrigiert|korrektur\b|berichtig|berichtet wird|corregeix\b|correcció\b|rectificació\b|esta noticia .{0,20}correg)|(?:esta (?:noticia|información)|este (?:despacho|texto)) (?:se )?ha (?:sido )?corregid[ao]|this (?:story|article) (?:has been|was) corrected to)",
    )
});
/// The initials of those who wrote and checked: `gr/bp`, `dpa hh yyzz n1 gh`.
static INITIALS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:[(/\-–]{0,3}[a-zà-ÿ]{2,5}(?:[/\-][a-zà-ÿ]{2,5}){1,5}\)?|[/\-–]{1,3}[a-zà-ÿ]{2,4}|[(/\-–]{0,3}\p{Lu}{2,4}(?:/\p{Lu}{2,4}){0,4}\)?|(?:dpa(?: [a-z]{2,4}){1,6}(?: n\d [a-z]{2,3})?|[a-z]{2,4}(?: [a-z]{2,4}){0,4} n\d(?: [a-z]{2,4}){1,2}))\.?$",
    )
});

/// Is this line nothing but initials? Only below a text.
pub(crate) fn initials(line: &str) -> bool {
    line.len() <= 40 && INITIALS.is_match(line)
}

/// What a line below the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// `(Reporting by …)`
    Signature,
    /// A copyright line; with terms of use or without.
    Copyright {
        /// It says whose the text is.
        notice: bool,
        /// It names terms of use.
        terms: bool,
    },
    /// A notice of what was corrected.
    Correction,
}

/// What this line is, where it is one of them.
pub(crate) fn of(line: &str) -> Option<Line> {
    if line.chars().count() > 600 {
        return None;
    }
    if CORRECTION.is_match(line) {
        Some(Line::Correction)
    } else if REPORTING.is_match(line) || REPORTING_BARE.is_match(line) {
        Some(Line::Signature)
    } else if may_be_copyright(line) {
        Some(Line::Copyright { notice: OWNED.is_match(line), terms: TERMS.is_match(line) })
    } else {
        None
    }
}

/// Is it a copyright line, unless it is one of the others?
pub(crate) fn may_be_copyright(line: &str) -> bool {
    COPYRIGHT.is_match(line) || DPA_ID.is_match(line) && line.chars().count() < 80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_below_a_text() {
        for (line, wanted) in [
            ("(Reporting by Ada Quill in Puebla, Mexico; editing by Tom Wren)", Some(Line::Signature)),
            ("((ada.quill@example.test;))", Some(Line::Signature)),
            ("© dpa-infocom, dpa:261124-99-55290/2", Some(Line::Copyright { notice: true, terms: false })),
            ("Riproduzione riservata © Copyright ANSA", Some(Line::Copyright { notice: true, terms: true })),
            (
                "(c) 2026 Europa Press. Está expresamente prohibida la redistribución.",
                Some(Line::Copyright { notice: true, terms: true }),
            ),
            (
                "(This May 23 story has been corrected to fix the spelling of a name in paragraph 2)",
                Some(Line::Correction),
            ),
            ("(El texto no dice nada)", None),
        ] {
            assert_eq!(of(line), wanted, "{line}");
        }
    }
}
