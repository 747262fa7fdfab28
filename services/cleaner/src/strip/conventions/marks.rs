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

/// Words that are marks before a headline, in capitals.
const WORDS: &str = "STORY WITHDRAWN|WITHDRAWN|WITHDRAWAL|KILL|ANULACIÓN|ANULACION|ANULADA|ANUL·LACIÓ|ANULAÇÃO|ANNULATION|\
ANNULLAMENTO|ANNULLA|RÜCKZUG|ZURÜCKGEZOGEN|ZURÜCKZIEHUNG|CORRECTED|CORRECTION|CORRECTS|CORRECCIÓN|CORRECCION|CORRECCIÓ|\
CORREÇÃO|CORRIGE|CORREZIONE|RETTIFICA|CORRIGÉE|CORRIGÉ|CORRECTIF|CORRIGIDA|CORRIGIDO|CORREGIDA|CORREGIDO|CORRETTA|CORRETTO|KORR\\.|\
RECTIFICATIF|RECTIFICATION|RECTIFICACIÓN|RECTIFICACION|RECTIFICACIÓ|RETIFICAÇÃO|\
KORREKTUR|BERICHTIGUNG|KORRIGIERT|REFILE|REPEAT|RPT|REPETICIÓN|REPETICION|REPETICIÓ|RÉPÉTITION|RIPETIZIONE|REPETIÇÃO|\
WIEDERHOLUNG|WDHLG|WDH|UPDATE|AMPLIACIÓN|AMPLIACION|AMPLIACIÓ|AMPLIAÇÃO|ACTUALIZACIÓN|ACTUALIZACION|ACTUALIZA|ACTUALITZACIÓ|\
ATUALIZAÇÃO|ATUALIZA|MISE À JOUR|AGGIORNAMENTO|AMPL\\.|AMP\\.|AMPL|AMP|LEAD|ROUNDUP|ZUSAMMENFASSUNG|FLASH|ALERTE|ALERT|\
ALERTA|URGENTÍSIMO|URGENTE|URGENT|EILMELDUNG|EIL|BLITZ|EXTRA|BREAKING NEWS|BREAKING|BULLETIN|SNAP|AVANCE|AV\\.|\
ÚLTIMA HORA|ULTIMA HORA|ÚLTIM'ORA|ULTIM'ORA|ULTIM’ORA|DERNIÈRE MINUTE|DERNIÈRE HEURE";

/// Case-sensitive, and only before a separator: a word of a headline is no mark.
static LEADING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"^(?P<mark>(?:{WORDS})(?: ?\d{{1,3}})?)(?:\s*(?:\.-|[.:|!/]|[-–—]+|\+{{2,3}})+\s*|\s*$)"
    ))
});
/// The forms that name themselves: in brackets, or before the wire's own `.-`, in any case; `2e LEAD`.
static SURE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"^(?:[-–]?[(\[](?P<a>(?i:{WORDS})(?: ?\d{{1,3}})?(?::[^()\[\]]{{1,40}})?)[)\]][-–:.]*|(?P<b>(?i:{WORDS}|AV)(?: ?\d{{1,3}})?)\s*\.-|(?P<c>\d{{1,2}}(?:ST|ND|RD|TH|e|er|ER|E) LEAD)\b\s*[-–—:.]*)\s*"
    ))
});
/// `+++ Bürgermeister tritt zurück +++`
static PLUSES: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?P<mark>\+{2,3})\s*(?P<rest>[^+].*?)\s*(?:\+{2,3})?$"));

/// What is announced to follow.
const FOLLOWS: &str = "habrá ampliación|habra ampliacion|hi haurà ampliació|haverá ampliação|haverá mais|seguirá ampliación|sigue|segue|continua|segueix|more to (?:come|follow)|more follows|mehr folgt|folgt mehr|weiteres folgt|à suivre|suit|plus d'informations à suivre";
/// Media that go with the text.
const MEDIA: &str = "texto|text|fotos?|foto ?noticia|fotonoticia|photos?|pictures?|bilder?|bild|immagini|v[ií]deos?|vid[ée]os?|video|audios?|infograf[ií]as?|infographie|infografik|gr[áa]fico?s?|grafik|en vivo|en directo|live";

static TRAILING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\s*[-–]?[(\[]\s*(?P<mark>{FOLLOWS}|(?:con |avec |with |mit |com |amb )?(?:{MEDIA})(?:(?: y | e | i | et | und | and |, ?|/| )(?:{MEDIA}))*|enviada|fin|ends?|ampliación|ampliada|ampliació|ampliação|ampl?\.?|correcci[óo]n|corrección .{{1,30}}|correcció|correção|corregid[ao]|corrigid[ao]|corrige|corrig[ée]e?|correctif|corrett[ao]|korrektur|corrected|correction|korrigiert|berichtigt|rectifica(?:ción|tif|tion)?|actualiza(?:d[ao]|ción)?|actualitza(?:t|ció)|atualizad[ao]|update[ds]?|aktualisiert|urgente?|zusammenfassung(?: \d+)?|lead(?: \d+)?|papi?er [\p{{L}}' ]{{3,20}}|\d{{1,2}}/\d{{1,2}}|\d{{1,2}} (?:de|of|von|di|sur) \d{{1,2}}|\d|y \d|e \d|i \d|et \d|und \d)\s*[)\]][-–]?\s*\.?$"
    ))
});
/// At the end of a title without brackets, behind a separator.
static TRAILING_BARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:\s*\.|\s+[-–—])\s*(?P<mark>AMPL?\.?|AV\.|(?i:ampliación|ampliació|ampliação|actualiza(?:ción)?|corrección|correcció|urgente))$",
    )
});
/// A line of nothing but such words.
static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^[-–=*\s]*(?P<mark>{FOLLOWS}|(?:{MEDIA})(?: y | e | i | et | und | and |, ?|/)(?:{MEDIA})|ends?|fin|fine|ende|fim|-30-)[-–=*.\s]*$"
    ))
});

/// Takes the marks off both ends of a headline.
pub(crate) fn of_title(title: &str, marks: &mut Marks) -> String {
    let mut rest = title.trim();
    if let Some(found) = PLUSES.captures(rest)
        && let (Some(mark), Some(inner)) = (found.name("mark"), found.name("rest"))
    {
        marks.note(mark.as_str());
        rest = inner.as_str();
    }
    while let Some(found) = SURE.captures(rest).or_else(|| LEADING.captures(rest)) {
        let mark = ["a", "b", "c", "mark"].iter().find_map(|name| found.name(name));
        let (Some(whole), Some(mark)) = (found.get(0), mark) else { break };
        if whole.end() == rest.len() {
            break;
        }
        marks.note(mark.as_str());
        rest = rest.get(whole.end()..).unwrap_or_default();
    }
    let mut rest = of_end(rest, marks);
    while let Some(found) = TRAILING_BARE.captures(&rest) {
        let (Some(whole), Some(mark)) = (found.get(0), found.name("mark")) else { break };
        if whole.start() == 0 {
            break;
        }
        marks.note(mark.as_str());
        rest.truncate(whole.start());
        rest = of_end(&rest, marks);
    }
    rest
}

/// Takes the marks in brackets off the end of a line; a line of nothing but marks becomes empty.
pub(crate) fn of_end(line: &str, marks: &mut Marks) -> String {
    let mut rest = line.trim();
    while let Some(found) = TRAILING.captures(rest) {
        let (Some(whole), Some(mark)) = (found.get(0), found.name("mark")) else { break };
        marks.note(&format!("({})", mark.as_str()));
        rest = rest.get(..whole.start()).unwrap_or_default().trim_end();
    }
    rest.to_owned()
}

/// Is the line nothing but marks? Then they are noted. Words without brackets count only where `bare` allows them: at the
/// end of a text.
pub(crate) fn of_line(line: &str, bare: bool, marks: &mut Marks) -> bool {
    if line.chars().count() > 80 {
        return false;
    }
    if bare && let Some(mark) = WHOLE.captures(line).and_then(|found| found.name("mark")) {
        marks.note(mark.as_str());
        return true;
    }
    let mut seen = Marks::default();
    let only = of_end(line, &mut seen).is_empty() && !seen.printed.is_empty();
    if only {
        of_end(line, marks);
    }
    only
}

impl Marks {
    fn note(&mut self, printed: &str) {
        let upper = printed.to_uppercase();
        let has = |words: &[&str]| words.iter().any(|w| upper.contains(w));
        if has(&["WITHDRAW", "KILL", "ANULA", "ANUL·", "ANNUL", "RÜCKZUG", "ZURÜCK"]) {
            self.signal = Some(WireSignal::Withdrawn);
        } else if has(&["CORRE", "CORRI", "RECTIF", "RETIF", "RETTIF", "KORR", "BERICHT", "REFILE"]) {
            self.signal.get_or_insert(WireSignal::Corrected);
        } else if has(&["REPE", "RPT", "RÉPÉ", "RIPET", "WIEDERH", "WDH"]) {
            self.signal.get_or_insert(WireSignal::Repeated);
        } else if has(&[
            "HABR", "HAURÀ", "HAVERÁ", "SEGUE", "SIGUE", "CONTINUA", "MORE ", "FOLGT", "SUIVRE", "SEGUIRÁ",
            "SUIT",
        ]) {
            self.developing = true;
        } else if has(&[
            "AMP", "UPDATE", "LEAD", "ROUNDUP", "ACTUAL", "ATUAL", "AKTUAL", "AGGIOR", "MISE À", "ZUSAMMEN",
        ]) {
            self.signal.get_or_insert(WireSignal::Expanded);
        }
        let urgency = if has(&["FLASH", "BLITZ"]) {
            Some(1)
        } else if has(&["ALERT", "EIL", "BREAKING", "BULLETIN", "SNAP"]) || printed == "+++" {
            Some(2)
        } else if has(&["URGENT", "EXTRA", "ÚLTIM", "ULTIM", "DERNIÈRE", "AVANCE"]) || printed == "++" {
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
            ("El Port gana un 4 % (CORREGIDA)", "El Port gana un 4 %", Some(WireSignal::Corrected), None),
            ("Le Port: résultats (CORRECTIF)", "Le Port: résultats", Some(WireSignal::Corrected), None),
            ("(CORRIGIDA) O porto cresce", "O porto cresce", Some(WireSignal::Corrected), None),
            ("Korr. - Hafen wächst", "Korr. - Hafen wächst", None, None),
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
