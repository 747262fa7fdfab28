//! Sorts of copy that are not dispatches: agendas, advisories, digests.

use std::sync::LazyLock;

use regex::Regex;
use wiredesk_contract::status::CopyKind;

use crate::strip::pattern::pattern;

static PLANNING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:efe\.? ?)?(?:previsiones\b|previsions? informatives|previsiones informativas|agenda(?:\s*[:.]| informativa| de | del | per a | für | gráfica)|l['’]agenda\b|temas del d[ií]a|gli avvenimenti (?:previsti|di)|terminvorschau|tagesvorschau|termine (?:am|für|der)|news coverage advisory|coverage advisory|bc-.*advisory|daybook|news agenda|diary\b|prévisions\b|previsão\b|agenda$)|\badvisory\b.*\d{1,2}:\d{2}",
    )
});
static ROUNDUP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\((?:cr[óo]nica )?resumen\)|^(?:resumen de|news summary|reuters news summary|les titres de)\b",
    )
});
static AGENDA_LINE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^-{1,2} ?\d{1,2}[.:]\d{2} ?(?:horas|h\b|uhr)?"));

/// The sort of copy, from its headline and lines.
pub(crate) fn of<'a>(headline: &str, lines: impl Iterator<Item = &'a str>) -> CopyKind {
    if PLANNING.is_match(headline) || lines.take(40).filter(|line| AGENDA_LINE.is_match(line)).count() >= 3 {
        CopyKind::Planning
    } else if ROUNDUP.is_match(headline) {
        CopyKind::Roundup
    } else {
        CopyKind::News
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agendas_are_not_news() {
        for headline in [
            "Previsiones informativas de mañana, Nacional",
            "Previsions informatives per a demà",
            "L'agenda France de demain",
            "Terminvorschau für morgen",
            "Gli avvenimenti previsti per domani in Italia",
            "Agenda: previsão para amanhã",
            "News Coverage Advisory",
        ] {
            assert_eq!(of(headline, [].into_iter()), CopyKind::Planning, "{headline}");
        }
        for headline in ["La agenda verde del ministro", "Agendas ocultas en el fútbol"] {
            assert_eq!(of(headline, [].into_iter()), CopyKind::News, "{headline}");
        }
    }
}
