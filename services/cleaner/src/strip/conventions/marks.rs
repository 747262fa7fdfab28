//! Marks before and after a headline or at the end of a text: URGENT, CORRECTED, `(HABRÁ AMPLIACIÓN)`, `(Foto)`.

use std::sync::LazyLock;

use regex::Regex;
use wiredesk_contract::status::WireSignal;

use crate::strip::pattern::pattern;

/// What the marks of one copy say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    pub(crate) printed: Vec<String>,
    pub(crate) signal: Option<WireSignal>,
    pub(crate) urgency: Option<u8>,
    pub(crate) developing: bool,
}

/// Case-sensitive, and only before a separator: a word of a headline is no mark.
static LEADING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<mark>STORY WITHDRAWN|WITHDRAWN|WITHDRAWAL|KILL|ANULACIÓN|ANULACION|ANULADA|ANUL·LACIÓ|ANULAÇÃO|ANNULATION|ANNULLAMENTO|ANNULLA|RÜCKZUG|ZURÜCKGEZOGEN|CORRECTED|CORRECTION|CORRECCIÓN|CORRECCION|CORRECCIÓ|CORREÇÃO|CORREZIONE|RETTIFICA|RECTIFICATIF|RECTIFICACIÓN|KORREKTUR|BERICHTIGUNG|KORRIGIERT|REFILE|REPEAT|REPETICIÓN|RÉPÉTITION|RIPETIZIONE|REPETIÇÃO|WIEDERHOLUNG|WDHLG|UPDATE(?: \d+)?|AMPLIACIÓN|AMPLIACION|AMPLIACIÓ|AMPLIAÇÃO|ACTUALIZACIÓN|ACTUALIZA|AMPL\.|AMP\.|LEAD(?: \d+)?|ZUSAMMENFASSUNG(?: \d+)?|FLASH|ALERTE|ALERT|ALERTA|URGENTE|URGENT|URGENTÍSIMO|EILMELDUNG|EIL|BLITZ|EXTRA|BREAKING|AVANCE|ÚLTIMA HORA|ULTIMA HORA|ULTIM'ORA|DERNIÈRE MINUTE)(?P<takes> ?\d+)?(?:\s*(?:\.-|[.:|!/]|[-–—])+\s*|\s*$)",
    )
});

static TRAILING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\s*[-–]?\(\s*(?P<mark>habrá ampliación|habra ampliacion|hi haurà ampliació|haverá ampliação|segue|more to come|mehr folgt|folgt mehr|à suivre|seguirá ampliación|(?:con )?(?:texto|fotos?|v[ií]deos?|audios?|infograf[ií]as?|gr[áa]ficos?|en vivo|photos?|picture|enviada)(?:(?: y |, ?|/)(?:fotos?|v[ií]deos?|audios?|gr[áa]ficos?))*|ampliación|ampliada|corrección|correccion|corrected|rectifica(?:ción|tif)?|actualizad[ao]|actualización|urgente?|\d{1,2}/\d{1,2}|\d{1,2} de \d{1,2})\s*\)[-–]?\s*\.?$",
    )
});

/// Takes the marks off both ends of a headline.
pub(crate) fn of_title(title: &str, marks: &mut Marks) -> String {
    let mut rest = title.trim();
    while let Some(found) = LEADING.captures(rest) {
        let (Some(whole), Some(mark)) = (found.get(0), found.name("mark")) else { break };
        if whole.end() == rest.len() {
            break;
        }
        marks.note(mark.as_str());
        rest = rest.get(whole.end()..).unwrap_or_default();
    }
    of_end(rest, marks)
}

/// Takes the marks off the end of a line; a line of nothing but marks becomes empty.
pub(crate) fn of_end(line: &str, marks: &mut Marks) -> String {
    let mut rest = line.trim();
    while let Some(found) = TRAILING.captures(rest) {
        let (Some(whole), Some(mark)) = (found.get(0), found.name("mark")) else { break };
        marks.note(&format!("({})", mark.as_str()));
        rest = rest.get(..whole.start()).unwrap_or_default().trim_end();
    }
    rest.to_owned()
}

impl Marks {
    fn note(&mut self, printed: &str) {
        let upper = printed.to_uppercase();
        let has = |words: &[&str]| words.iter().any(|w| upper.contains(w));
        if has(&["WITHDRAW", "KILL", "ANULA", "ANUL·", "ANNUL", "RÜCKZUG", "ZURÜCKGEZOGEN"]) {
            self.signal = Some(WireSignal::Withdrawn);
        } else if has(&["CORRE", "RECTIF", "RETTIF", "KORR", "BERICHT", "REFILE"]) {
            self.signal.get_or_insert(WireSignal::Corrected);
        } else if has(&["REPE", "RÉPÉ", "RIPET", "WIEDERH", "WDHLG"]) {
            self.signal.get_or_insert(WireSignal::Repeated);
        } else if has(&["HABR", "HAURÀ", "HAVERÁ", "SEGUE", "MORE TO", "FOLGT", "SUIVRE", "SEGUIRÁ"]) {
            self.developing = true;
        } else if has(&["AMP", "UPDATE", "LEAD", "ACTUAL", "ZUSAMMEN"]) {
            self.signal.get_or_insert(WireSignal::Expanded);
        }
        let urgency = if has(&["FLASH", "BLITZ"]) {
            Some(1)
        } else if has(&["ALERT", "EIL", "BREAKING"]) {
            Some(2)
        } else if has(&["URGENT", "EXTRA", "ÚLTIMA", "ULTIM", "DERNIÈRE", "AVANCE"]) {
            Some(3)
        } else {
            None
        };
        self.urgency = match (self.urgency, urgency) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.printed.push(printed.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_headlines() {
        for (given, wanted, signal, urgency) in [
            ("URGENTE.- Un sismo sacude Arequipa", "Un sismo sacude Arequipa", None, Some(3)),
            ("URGENT - Le Sénat vote", "Le Sénat vote", None, Some(3)),
            ("EIL: Bundestag stimmt zu", "Bundestag stimmt zu", None, Some(2)),
            ("FLASH - Le Sénat vote", "Le Sénat vote", None, Some(1)),
            ("CORRECTED-Court fines grocer", "Court fines grocer", Some(WireSignal::Corrected), None),
            ("RECTIFICATIF - Le Sénat", "Le Sénat", Some(WireSignal::Corrected), None),
            ("CORRECCIÓ: El Port", "El Port", Some(WireSignal::Corrected), None),
            (
                "UPDATE 2-Chipmaker's chief to leave",
                "Chipmaker's chief to leave",
                Some(WireSignal::Expanded),
                None,
            ),
            ("STORY WITHDRAWN-Chipmaker", "Chipmaker", Some(WireSignal::Withdrawn), None),
            ("ANULACIÓN.- El alcalde dimite", "El alcalde dimite", Some(WireSignal::Withdrawn), None),
            ("REPEAT-Court fines grocer", "Court fines grocer", Some(WireSignal::Repeated), None),
            ("El ciclón amaina (Foto)(Vídeo)", "El ciclón amaina", None, None),
            ("Lead singer quits band", "Lead singer quits band", None, None),
            ("AMPLIO acuerdo en el Congreso", "AMPLIO acuerdo en el Congreso", None, None),
            ("URGENT", "URGENT", None, None),
        ] {
            let mut marks = Marks::default();
            assert_eq!(of_title(given, &mut marks), wanted);
            assert_eq!((marks.signal, marks.urgency), (signal, urgency), "{given}");
        }
        let mut marks = Marks::default();
        assert_eq!(of_end("(HABRÁ AMPLIACIÓN)", &mut marks), "");
        assert!(marks.developing);
    }
}
