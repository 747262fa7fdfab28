//! Names of months.

/// Beginnings of month names in the languages of the wires: English, Spanish, French, Portuguese, Italian, German, Catalan,
/// then Dutch, Romanian, Polish, Turkish, Russian, Ukrainian and Arabic. None is the beginning of a weekday in any of them,
/// but `mar`, of which the reader of dates takes care.
const NAMES: [&[&str]; 12] = [
    &["jan", "ene", "gen", "jän", "ian", "sty", "oca", "янв", "січ", "يناير", "جانفي"],
    &["feb", "fev", "fév", "fèv", "lut", "şub", "sub", "фев", "лют", "فبراير", "فيفري"],
    &["mar", "mär", "mrz", "mrt", "maart", "мар", "бер", "مارس"],
    &["apr", "abr", "avr", "kwi", "nis", "апр", "кві", "أبريل", "ابريل", "إبريل", "أفريل"],
    &["may", "mai", "mag", "maj", "mei", "мая", "май", "трав", "مايو", "ماي"],
    &["jun", "giu", "juin", "iun", "cze", "haz", "июн", "черв", "يونيو", "يونيه", "جوان"],
    &["jul", "lug", "juil", "iul", "lip", "tem", "июл", "лип", "يوليو", "يوليه", "جويلية"],
    &["aug", "ago", "aoû", "aou", "sie", "ağu", "agu", "авг", "серп", "أغسطس", "اغسطس", "أوت"],
    &["sep", "set", "wrz", "eyl", "сен", "вер", "سبتمبر"],
    &["oct", "okt", "out", "ott", "paź", "paz", "eki", "окт", "жов", "أكتوبر", "اكتوبر"],
    &["nov", "noi", "lis", "kas", "ноя", "лис", "نوفمبر"],
    &["dec", "dic", "déc", "dez", "des", "gru", "ara", "дек", "груд", "ديسمبر"],
];

/// The month of a name or abbreviation, 1 to 12.
pub(super) fn month_of(token: &str) -> Option<u32> {
    let lower = token.to_lowercase();
    let lower = lower.trim_end_matches('.');
    // Weekdays that begin as months do.
    if ["martes", "mardi", "martedì", "mart", "marti", "marți"].contains(&lower) {
        return None;
    }
    let month = NAMES.iter().position(|names| names.iter().any(|name| lower.starts_with(name)))?;
    u32::try_from(month + 1).ok()
}
