//! What stands below a text: who reported, copyright lines, dpa numbers, correction notices.

use std::sync::LazyLock;

use regex::Regex;

use crate::strip::pattern::pattern;

static REPORTING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\(+\s*(?:(?:additional )?reporting|writing|editing|compiled|edited|written|reportage|rédigé|édité|version française|con información|información de|com informações|reportagem|redaktion|a cura di|[\w.]+@[\w.]+)[^()]*(?:\([^()]*\)[^()]*)*\)*\.?$",
    )
});
static COPYRIGHT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:©|\(c\) ?\d|copyright\b|riproduzione riservata|.{0,20}todos los derechos reservados|.{0,20}tous droits réservés|.{0,20}all rights reserved|.{0,20}alle rechte vorbehalten|.{0,20}todos os direitos reservados|.{0,20}tots els drets reservats|está expresamente prohibida)",
    )
});
static TERMS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)prohibida la re|prohibid|reproduction interdite|riproduzione riservata|vorbehalten|rights reserved|droits réservés|derechos reservados|direitos reservados|drets reservats|proibida",
    )
});
static DPA_ID: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bdpa:\d{6}-\d+-\d+/\d+\b"));
static CORRECTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\((?:this .{0,40}story (?:has been|was|is) (?:corrected|refiled)|corrects?\b|refiles?\b|fixes\b|corrige\b|corregit|corrigé|esta noticia (?:se )?ha(?: sido)? correg|korrigiert|corregge)",
    )
});

/// What a line below the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// `(Reporting by …)`
    Signature,
    /// A copyright line; with terms of use or without.
    Copyright {
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
    } else if REPORTING.is_match(line) {
        Some(Line::Signature)
    } else if COPYRIGHT.is_match(line) || DPA_ID.is_match(line) && line.chars().count() < 80 {
        Some(Line::Copyright { terms: TERMS.is_match(line) })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_below_a_text() {
        for (line, wanted) in [
            ("(Reporting by Ada Quill in Puebla, Mexico; editing by Tom Wren)", Some(Line::Signature)),
            ("((ada.quill@example.test;))", Some(Line::Signature)),
            ("© dpa-infocom, dpa:261124-99-55290/2", Some(Line::Copyright { terms: false })),
            ("Riproduzione riservata © Copyright ANSA", Some(Line::Copyright { terms: true })),
            (
                "(c) 2026 Europa Press. Está expresamente prohibida la redistribución.",
                Some(Line::Copyright { terms: true }),
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
