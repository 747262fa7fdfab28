//! Tables of invented copy: text, then what is to be found in it.

mod date_tables;
mod figure_tables;

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use wiredesk_contract::enrichment::DateBasis;

/// Wednesday, 13 May 2026.
fn published() -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2026, 5, 13)
}

fn figures_in(language: &str, text: &str, words: &Words) -> String {
    let found = figures(&Document::new(text), language, words);
    let lines = found.iter().map(|figure| {
        let kind = match figure.kind {
            FigureKind::Money => "money",
            FigureKind::Percentage => "percentage",
            FigureKind::Measure => "measure",
            FigureKind::Count => "count",
        };
        let to = figure.to.map(|to| format!("..{to}")).unwrap_or_default();
        format!("{kind} {}{to} {}", figure.value, figure.unit.as_deref().unwrap_or("-"))
    });
    lines.collect::<Vec<_>>().join("; ")
}

fn dates_in(language: &str, text: &str, published: Option<NaiveDate>, words: &Words) -> String {
    let found = dates(&Document::new(text), language, published, words);
    let lines = found.iter().map(|date| {
        let to = date.to.as_deref().map(|to| format!("..{to}")).unwrap_or_default();
        let basis = if date.basis == DateBasis::Absolute { "" } else { "?" };
        format!("{}{to}{basis}", date.date)
    });
    lines.collect::<Vec<_>>().join("; ")
}

fn check_figures(language: &str, table: &[(&str, &str)]) {
    let words = Words::load();
    let wrong: Vec<String> = table
        .iter()
        .map(|(text, expected)| (text, expected, figures_in(language, text, &words)))
        .filter(|(_, expected, found)| **expected != found)
        .map(|(text, expected, found)| format!("{text}\n  expected {expected}\n  found    {found}"))
        .collect();
    assert!(wrong.is_empty(), "{language}:\n{}", wrong.join("\n"));
}

fn check_dates(language: &str, table: &[(&str, &str)]) {
    let words = Words::load();
    let wrong: Vec<String> = table
        .iter()
        .map(|(text, expected)| (text, expected, dates_in(language, text, published(), &words)))
        .filter(|(_, expected, found)| **expected != found)
        .map(|(text, expected, found)| format!("{text}\n  expected {expected}\n  found    {found}"))
        .collect();
    assert!(wrong.is_empty(), "{language}:\n{}", wrong.join("\n"));
}

#[test]
fn spanish_silence() {
    check_figures(
        "es",
        &[
            ("El artículo 155 y la ley 3/2020", ""),
            ("La A-92, la COVID-19, el G20 y la N-340", ""),
            ("a las 10.30 h, a las 20 horas, 09.00 h.- y 19h", ""),
            ("ganó 2-1 (m.78, Aarón) en el minuto 34, y 3-1 en la 34.ª", ""),
            ("Calle Mayor, 12", ""),
            ("km 34 de la vía", ""),
            ("Llame al 600 123 456 o al 91 234 56 78", ""),
            ("el IBEX 35 cede y el Liceo 2 de Melo", ""),
            ("marcó 14h 22m 10s y 1:47", ""),
            ("el 1.º y el 22º", ""),
            ("la temporada 2024-25 y el 12/05/2026", ""),
            ("en mayo de 2026 otras", ""),
            ("4x4, 5G, 3D", ""),
            ("el Ibex 35 ha subido", ""),
        ],
    );
}

#[test]
fn french_silence() {
    check_figures(
        "fr",
        &[
            ("L'article 49.3, la loi 2020-12, le CAC 40", ""),
            ("à 14h30, à 20 heures, vers 05h30, de 9 à 18 heures", ""),
            ("battu 3-1 (22e) à la 51e minute", ""),
            ("12, rue Mayor; rue de Rome 12", ""),
            ("en 2019 plusieurs; l'A7; le G20; Covid-19", ""),
            ("un bâtiment neuf dans les villes", ""),
            ("le 1er mai, le 12 mars", ""),
            ("Tél. 01 23 45 67 89", ""),
        ],
    );
}

#[test]
fn english_silence() {
    check_figures(
        "en",
        &[
            ("Article 50, Section 12, the Formula 1 drivers", ""),
            ("at 10.30 GMT, 9 p.m., 8.30am, 4.15am", ""),
            ("won 2-1, lost 63-60 and 6-4", ""),
            ("12 Main Street; Room 12", ""),
            ("the 2024 elections, in 2019 prices", ""),
            ("COVID-19, G20, A92, B-52", ""),
            ("on the 22nd, Lanigan, 19, said", ""),
            ("one of them, two of the, two-thirds", ""),
            ("Call 555-12-34 or 020 7946 0958", ""),
        ],
    );
}

#[test]
fn portuguese_silence() {
    check_figures(
        "pt",
        &[
            ("artigo 155, lei 3/2020, processo 12/26.0", ""),
            ("às 20 horas, 09:30, às 4h45, das 8h às 17h", ""),
            ("ganhou por 2-1 aos 88, B3, A-92", ""),
            ("Rua Direita, 12; km 34", ""),
            ("em 2026 após, maio de 2026", ""),
        ],
    );
}

#[test]
fn italian_silence() {
    check_figures(
        "it",
        &[
            ("articolo 155, legge 3/2020, comma 2", ""),
            ("ore 9.30, alle 20, alle ore 11, dalle 9 alle 18", ""),
            ("vince 2-1 al 23' con un gol", ""),
            ("via Mayor, 12; km 34; il Cac 40", ""),
            ("un under 30 e il 1° maggio", ""),
        ],
    );
}

#[test]
fn german_silence() {
    check_figures(
        "de",
        &[
            ("Artikel 5 Grundgesetz, § 12 Absatz 2, Az.: VIII ZR 219/23", ""),
            ("um 20 Uhr, um 5.00 Uhr, 10.30 Karlsruhe", ""),
            ("mit 1:0 (0:0) besiegt, in der 83. Minute, 22. Runde", ""),
            ("Hauptstraße 12; B70; U21; Kilometer 34", ""),
            ("im Jahr 2019 Menschen, am 12. Mai", ""),
            ("Platz 3 Bayern, Senat 1 Abteilung", ""),
        ],
    );
}

#[test]
fn catalan_silence() {
    check_figures(
        "ca",
        &[
            ("article 155, llei 3/2020, la BV-2111", ""),
            ("L'Ibex 35 ha tancat", ""),
            ("a les 4.10 h, 9.00 h. Sessió, a les 20 hores", ""),
            ("per 1-2 al minut 88", ""),
            ("carrer Major, 12; jutjat número 2 de Lleida", ""),
            ("un nou pla", ""),
        ],
    );
}

#[test]
fn text_and_offsets_are_characters() {
    let words = Words::load();
    let text = "«Ñandú»: 3,5 M€ y 27 heridos el 12 de mayo";
    let document = Document::new(text);
    let found: Vec<_> =
        figures(&document, "es", &words).into_iter().map(|f| (f.start, f.end, f.text)).collect();
    assert_eq!(found, [(9, 15, "3,5 M€".to_owned()), (18, 28, "27 heridos".to_owned())]);
    let found: Vec<_> =
        dates(&document, "es", published(), &words).into_iter().map(|d| (d.start, d.end, d.text)).collect();
    assert_eq!(found, [(32, 42, "12 de mayo".to_owned())]);
}

#[test]
fn other_languages_and_tags() {
    let words = Words::load();
    assert_eq!(figures_in("nl", "3 miljoen euro", &words), "");
    assert_eq!(figures_in("pt-BR", "R$ 3 mil", &words), "money 3000 BRL");
}

/// Bits of copy that meet in the reading of figures and dates, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "1",
        "12",
        "2026",
        "05",
        "1.234",
        ",5",
        "3,5",
        "-",
        "–",
        "/",
        ":",
        ".",
        " ",
        "\u{a0}",
        "\n",
        "€",
        "$",
        "£",
        "%",
        "M€",
        "R$",
        "de",
        "d'",
        "mil",
        "millones",
        "million",
        "milliards",
        "Mio.",
        "mila",
        "y",
        "and",
        "bis",
        "entre",
        "between",
        "to",
        "a",
        "medio",
        "mayo",
        "May",
        "Mai",
        "lunes",
        "Monday",
        "Montag",
        "next",
        "próximo",
        "(",
        ")",
        "h",
        "km/h",
        "m",
        "°C",
        "º",
        "un",
        "ein",
        "twenty-five",
        "quatre-vingt-dix",
        "dues-centes",
        "12-year-old",
        "personas",
        "people",
        "Menschen",
        "hoy",
        "grados",
        "bajo cero",
        "y medio",
        "morgen",
        "99999999999999999999",
    ]);
    prop::collection::vec((piece, any::<bool>()), 0..24).prop_map(|pieces| {
        pieces
            .into_iter()
            .fold(String::new(), |text, (piece, blank)| text + piece + if blank { " " } else { "" })
    })
}

fn holds(text: &str, day: Option<NaiveDate>, words: &Words) -> Result<(), TestCaseError> {
    let document = Document::new(text);
    let slice =
        |start: u32, end: u32| -> String { text.chars().take(end as usize).skip(start as usize).collect() };
    for language in ["es", "fr", "en", "pt", "it", "de", "ca"] {
        let mut last = 0;
        for figure in figures(&document, language, words) {
            prop_assert!(figure.start >= last && figure.end > figure.start);
            prop_assert!(figure.end as usize <= text.chars().count());
            prop_assert_eq!(&slice(figure.start, figure.end), &figure.text);
            prop_assert!(figure.value.is_finite());
            prop_assert!(figure.to.is_none_or(|to| to > figure.value), "{:?}", figure);
            last = figure.end;
        }
        let mut last = 0;
        for date in dates(&document, language, day, words) {
            prop_assert!(date.start >= last && date.end > date.start);
            prop_assert!(date.end as usize <= text.chars().count());
            prop_assert_eq!(&slice(date.start, date.end), &date.text);
            prop_assert!(day.is_some() || date.basis == DateBasis::Absolute);
            last = date.end;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_text_holds(text in "\\PC{0,80}", day in 0..3_u32) {
        let words = WORDS.with(|words| words.clone());
        holds(&text, NaiveDate::from_ymd_opt(2024, 2, 28 + day), &words)?;
    }

    #[test]
    fn any_copy_holds(text in pieces()) {
        let words = WORDS.with(|words| words.clone());
        holds(&text, published(), &words)?;
        holds(&text, None, &words)?;
        holds(&text, Some(NaiveDate::MAX), &words)?;
        holds(&text, Some(NaiveDate::MIN), &words)?;
    }
}

thread_local! {
    static WORDS: std::rc::Rc<Words> = std::rc::Rc::new(Words::load());
}
