//! Names of months in seven languages, whole and as agencies cut them.

/// Pattern of every form, the longest first.
pub(crate) const MONTH: &str = "(?:janeiro|janvier|january|januar|gennaio|enero|gener|jan|ene|gen|janv|jän|\
fevereiro|february|februar|febbraio|febrero|février|fevrier|febrer|févr|fév|feb|fev|\
mars|march|märz|marzo|março|marco|març|marc|mär|mar|mrz|\
aprile|avril|april|abril|apr|avr|abr|\
maggio|mayo|maio|maig|mai|may|mag|\
giugno|juin|june|juni|junio|junho|juny|jun|giu|\
juillet|july|juli|julio|julho|luglio|juliol|juil|jul|lug|\
agosto|august|août|aout|agost|ago|aug|\
septiembre|setiembre|settembre|septembre|september|setembre|setembro|sept|sep|set|\
octubre|octobre|october|oktober|ottobre|outubro|oct|okt|ott|out|\
noviembre|novembre|november|novembro|nov|\
diciembre|dicembre|décembre|decembre|december|dezember|dezembro|desembre|dic|déc|dec|dez|des)";

/// 1 to 12.
pub(crate) fn number(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|p| name.starts_with(p));
    let table: [&[&str]; 12] = [
        &["ja", "jä", "en", "ge"],
        &["fe", "fé"],
        &["mar", "mär", "mrz"],
        &["ap", "av", "ab"],
        &["mai", "may", "mag"],
        &["jun", "giu", "juin"],
        &["jul", "lug", "juil"],
        &["ag", "au", "ao"],
        &["se"],
        &["oc", "ok", "ot", "ou"],
        &["no"],
        &["di", "de", "dé"],
    ];
    table.iter().position(|prefixes| starts(prefixes)).and_then(|at| u32::try_from(at + 1).ok())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_form_has_its_number() {
        for (name, number) in [
            ("MAR", 3),
            ("mai", 5),
            ("maig", 5),
            ("MAG", 5),
            ("juin", 6),
            ("juny", 6),
            ("GIU", 6),
            ("juil", 7),
            ("LUG", 7),
            ("août", 8),
            ("ene", 1),
            ("gener", 1),
            ("JAN", 1),
            ("dez", 12),
            ("déc", 12),
            ("OTT", 10),
            ("out", 10),
            ("abr", 4),
            ("März", 3),
            ("févr", 2),
        ] {
            assert_eq!(super::number(name), Some(number), "{name}");
        }
    }
}
