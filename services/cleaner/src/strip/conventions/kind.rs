//! Sorts of copy that are not dispatches: agendas, advisories, digests.

use std::sync::LazyLock;

use regex::Regex;
use wiredesk_contract::status::CopyKind;

use crate::strip::pattern::pattern;

/// Days that an agenda is for.
const DAYS: &str = "hoy|mañana|lunes|martes|miércoles|jueves|viernes|sábado|domingo|semana|aujourd['’]hui|demain|jour|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|semaine|hoje|amanhã|segunda|terça|quarta|quinta|sexta|sábado|oggi|domani|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|settimana|heute|morgen|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|woche|avui|demà|dilluns|dimarts|dimecres|dijous|divendres|dissabte|diumenge|today|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|week|día|dia|giorno";

static PLANNING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^(?:(?:efe|ep|europa press|afp|ansa|lusa|acn|dpa)[.:\- ]+)?(?:previsiones(?:\s*[.:]|$| informativas| nacional| internacional| (?:de|del|para)(?: la| el)? (?:{DAYS}))|previsions(?:\s*[.:]|$| informatives| (?:de|del|per a)(?: la| el)? (?:{DAYS}))|prévisions(?:\s*[.:]|$| (?:france|monde|économie|sports?|internationales?|pour)\b)|previsões(?:\s*[.:]|$| para)|agenda$|agenda\s*[:.]\s*(?:previs|prév|{DAYS})|agenda (?:informativa|informativo|gráfica|lusa\b|efe\b|afp\b|acn\b|europa press)|agenda (?:(?:de|del|du|di|da|des|para|pour|per|per a|für|for)(?: la| el| le| os| den| die)? )(?:{DAYS})\b|agenda (?:política|politica|económica|cultural|deportiva|internacional|nacional|international|économique) (?:de|del|du|di|para)(?: la| el)? (?:{DAYS})\b|l['’]agenda (?:\p{{L}}+ )?(?:du jour|de demain|de la semaine|d['’]aujourd['’]hui|d['’]avui|de demà|per a)|temas del d[ií]a|temes del dia|gli avvenimenti (?:previsti|di)|appuntamenti (?:di|del|per)|(?:dpa-)?(?:terminvorschau|tagesvorschau|wochenvorschau)|(?:die )?termine (?:am|für|der|des|heute|morgen)\b|(?:\p{{L}}+ )?(?:news )?coverage advisory|bc-.*advisory|daybook\b|news agenda\b|diary(?:\s*[-:–]|$| (?:of|for) )|planning (?:advisory|note)|(?:upi|ap|afp|reuters) (?:news )?(?:planner|schedule|advisory))|\badvisory\b.*\d{{1,2}}:\d{{2}}"
    ))
});
static ROUNDUP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\((?:cr[óo]nica )?resumen\)|\(sumario\)|^(?:resumen (?:de (?:noticias|prensa|la jornada|la mañana|la tarde)|informativo|del día)|resum (?:de notícies|informatiu|del dia)|(?:\p{L}+ )?news (?:summary|digest)|(?:las )?(?:noticias|claves) más (?:importantes|destacadas) (?:del día|de la jornada)|les titres de\b|l['’]essentiel de l['’]actualité|le point sur l['’]actualité|die (?:wichtigsten )?nachrichten des tages|nachrichtenüberblick|le notizie (?:più importanti )?del giorno|resumo (?:das notícias|do dia)|principais notícias do dia)\b",
    )
});
static AGENDA_LINE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:[-–—*•]{1,2} ?)\d{1,2}[.:h]\d{2} ?(?:horas|hores|h\b|uhr)?"));

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
