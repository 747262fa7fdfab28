//! Months and weekdays as the wires print them, and the macros of the copy.

use chrono::{DateTime, Datelike};
use chrono_tz::Tz;

/// Names in one language.
struct Names {
    months: [&'static str; 12],
    /// As in datelines, without the full stop.
    short: [&'static str; 12],
    /// From Monday.
    weekdays: [&'static str; 7],
}

const ES: Names = Names {
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    short: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"],
    weekdays: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
};
const FR: Names = Names {
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    short: ["jan", "fév", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov", "déc"],
    weekdays: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
};
const EN: Names = Names {
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    short: ["Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"],
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
};
const PT: Names = Names {
    months: [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    short: ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"],
    weekdays: [
        "segunda-feira",
        "terça-feira",
        "quarta-feira",
        "quinta-feira",
        "sexta-feira",
        "sábado",
        "domingo",
    ],
};
const IT: Names = Names {
    months: [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    short: ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"],
    weekdays: ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
};
const DE: Names = Names {
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    short: ["Jan", "Feb", "März", "Apr", "Mai", "Juni", "Juli", "Aug", "Sep", "Okt", "Nov", "Dez"],
    weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
};
const CA: Names = Names {
    months: [
        "de gener",
        "de febrer",
        "de març",
        "d'abril",
        "de maig",
        "de juny",
        "de juliol",
        "d'agost",
        "de setembre",
        "d'octubre",
        "de novembre",
        "de desembre",
    ],
    short: ["gen", "febr", "març", "abr", "maig", "juny", "jul", "ag", "set", "oct", "nov", "des"],
    weekdays: ["dilluns", "dimarts", "dimecres", "dijous", "divendres", "dissabte", "diumenge"],
};

fn names(language: &str) -> &'static Names {
    match language {
        "fr" => &FR,
        "en" => &EN,
        "pt" => &PT,
        "it" => &IT,
        "de" => &DE,
        "ca" => &CA,
        _ => &ES,
    }
}

/// `febrero` → `Febrero`.
pub(crate) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Fills the macros of `text` for the local time `at`: `{d}` day, `{d0}` day in two digits, `{mon}` short month,
/// `{Mon}` and `{MON}` the same in capitals, `{month}` month, `{MONTH}`, `{Y}` year, `{weekday}`.
pub(crate) fn fill(text: &str, language: &str, at: &DateTime<Tz>) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    let names = names(language);
    let pick = |list: &[&'static str], index: u32| list.get(index as usize).copied().unwrap_or_default();
    let (month, short) = (pick(&names.months, at.month0()), pick(&names.short, at.month0()));
    let weekday = pick(&names.weekdays, at.weekday().num_days_from_monday());
    text.replace("{d}", &at.day().to_string())
        .replace("{d0}", &format!("{:02}", at.day()))
        .replace("{mon}", short)
        .replace("{Mon}", &capital(short))
        .replace("{MON}", &short.to_uppercase())
        .replace("{month}", month)
        .replace("{MONTH}", &month.to_uppercase())
        .replace("{Y}", &at.year().to_string())
        .replace("{weekday}", weekday)
        .replace("{Weekday}", &capital(weekday))
}
