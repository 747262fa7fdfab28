//! Two hundred datelines in seven languages, as agencies print them: place, region, date and agency come out right, and
//! the text behind them whole. The copy is invented.

use serde_json::json;
use wiredesk_cleaner::tool;

const CORPUS: &str = include_str!("datelines.tsv");

/// What may be wrong: one in a hundred.
const MOST_WRONG: usize = 2;

#[test]
fn place_date_and_agency_of_every_dateline() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for row in CORPUS.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [language, text, published, place, region, date, agency, rest] = cells[..] else {
            panic!("eight cells were expected: {row}")
        };
        seen += 1;
        let out = tool::clean(&json!({
            "id": "a", "title": "Un titular cualquiera", "text": text, "published": published, "language": language,
        }));
        let dateline = &out["dateline"];
        let told = |key: &str| dateline[key].as_str().unwrap_or_default();
        let right = [("place", place), ("region", region), ("date", date), ("agency", agency)]
            .iter()
            .all(|(key, wanted)| told(key) == *wanted);
        if !right || out["text"] != rest {
            wrong.push(format!("{text}\n   {dateline} {}", out["text"]));
        }
    }
    assert!(seen >= 200, "{seen}");
    assert!(wrong.len() <= MOST_WRONG, "{} of {seen}:\n{}", wrong.len(), wrong.join("\n"));
}

const TITLE: &str = "El Ayuntamiento de Valdeprado reabre el mercado";
const LEAD: &str =
    "El Ayuntamiento de Valdeprado ha anunciado la reapertura del mercado municipal tras dos años de obras.";
const NEXT: &str = "La concejala de Comercio ha visitado los puestos con los comerciantes y ha dado las gracias a los vecinos.";

fn run(title: &str, lines: &[&str]) -> serde_json::Value {
    tool::clean(&json!({
        "id": "a", "title": title, "text": lines.join("\n"), "published": "2026-11-24T10:00:00Z",
        "time_zone": "Europe/Madrid",
    }))
}

#[test]
fn datelines_and_what_is_none() {
    let mut wrong: Vec<String> = Vec::new();
    for (text, place, date, agency) in [
        ("MADRID, 24 nov. 2026 (EUROPA PRESS) -", "MADRID", "2026-11-24", "Europa Press"),
        ("MADRID, 24 Nov. (EUROPA PRESS/EP Data) -", "MADRID", "2026-11-24", "Europa Press"),
        ("MADRID, 24 de noviembre (EUROPA PRESS) -", "MADRID", "2026-11-24", "Europa Press"),
        ("MADRID, 24 de novembre (ACN) -", "MADRID", "2026-11-24", "ACN"),
        ("MADRID, 15 février (EUROPA PRESS) -", "MADRID", "2026-02-15", "Europa Press"),
        ("MADRID, le 15 février (EUROPA PRESS) -", "MADRID", "2026-02-15", "Europa Press"),
        ("MADRID, 15 février 2022 (EUROPA PRESS) -", "MADRID", "2022-02-15", "Europa Press"),
        ("Madrid, 15. Februar (EUROPA PRESS) -", "Madrid", "2026-02-15", "Europa Press"),
        ("(EUROPA PRESS) - MADRID, 24 Nov. -", "MADRID", "2026-11-24", "Europa Press"),
        ("(AFP) -", "", "", "AFP"),
        ("AFP -", "", "", "AFP"),
        ("EFE.-", "", "", "EFE"),
        ("(EUROPA PRESS).-", "", "", "Europa Press"),
        ("Berlin (dpa/bb) -", "Berlin", "", "dpa"),
        ("Frankfurt/Main (dpa) -", "Frankfurt/Main", "", "dpa"),
        ("Frankfurt (Oder) (dpa) -", "Frankfurt", "", "dpa"),
        ("BERLIN (dpa-AFX) -", "BERLIN", "", "dpa"),
        ("(dpa) -", "", "", "dpa"),
        ("Wien/Linz (APA) -", "Wien/Linz", "", "APA"),
        ("Bern, 24. Nov (Keystone-SDA) -", "Bern", "2026-11-24", "Keystone-ATS"),
        ("Roma, 24 nov. (askanews) -", "Roma", "2026-11-24", "Askanews"),
        ("Milano, 24 nov. (LaPresse) -", "Milano", "2026-11-24", "LaPresse"),
        ("AGI - Roma, 24 nov. -", "Roma", "2026-11-24", "AGI"),
        ("ROMA (ITALPRESS) -", "ROMA", "", "Italpress"),
        ("(ANSA) ROMA, 24 NOV -", "ROMA", "2026-11-24", "ANSA"),
        ("ANSA - ROMA, 24 NOV -", "ROMA", "2026-11-24", "ANSA"),
        ("Lisboa, 24 nov 2026 (Lusa) –", "Lisboa", "2026-11-24", "Lusa"),
        ("Brasília, 24 nov (Agência Brasil) -", "Brasília", "2026-11-24", "Agência Brasil"),
        ("São Paulo, 24 de novembro (Reuters) -", "São Paulo", "2026-11-24", "Reuters"),
        ("SÃO PAULO (Reuters) -", "SÃO PAULO", "", "Reuters"),
        ("ACN Girona -", "Girona", "", "ACN"),
        ("Girona (ACN).-", "Girona", "", "ACN"),
        ("Barcelona, 24 nov. (ACN).-", "Barcelona", "2026-11-24", "ACN"),
        ("WASHINGTON, Nov. 24, 2026 (AP) —", "WASHINGTON", "2026-11-24", "AP"),
        ("ST. LOUIS (AP) —", "ST. LOUIS", "", "AP"),
        ("LONDON, 24 November 2026 (PA) -", "LONDON", "2026-11-24", "PA"),
        ("24 November (Reuters) -", "", "2026-11-24", "Reuters"),
        ("Nov 24 (Reuters) -", "", "2026-11-24", "Reuters"),
        ("BEIJING, Nov. 24 (Xinhua) --", "BEIJING", "2026-11-24", "Xinhua"),
        (
            "L'HOSPITALET DE LLOBREGAT (BARCELONA), 24 Nov. (EUROPA PRESS) -",
            "L'HOSPITALET DE LLOBREGAT",
            "2026-11-24",
            "Europa Press",
        ),
        ("PALMA DE MALLORCA 24 Nov. (EUROPA PRESS) -", "PALMA DE MALLORCA", "2026-11-24", "Europa Press"),
        ("MADRID, 29 Feb. (EUROPA PRESS) -", "MADRID", "2024-02-29", "Europa Press"),
    ] {
        for lines in
            [vec![format!("{text} {LEAD}"), NEXT.into()], vec![text.to_owned(), LEAD.into(), NEXT.into()]]
        {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let out = run(TITLE, &lines);
            let told = |key: &str| out["dateline"][key].as_str().unwrap_or_default().to_owned();
            let found = (told("place"), told("date"), told("agency"));
            let wanted = (place.to_owned(), date.to_owned(), agency.to_owned());
            if found != wanted || out["text"] != format!("{LEAD}\n{NEXT}") {
                wrong.push(format!("{text}: {found:?} {}", out["text"]));
            }
        }
    }
    for text in [
        "El Gobierno (PSOE) - que no tiene mayoría - ha aprobado este martes la reforma del mercado.",
        "Madrid (España) recibirá en junio a los ministros de los veintisiete países de la Unión.",
        "EFE, la agencia, cumple años este martes y lo celebra con una exposición en su sede.",
        "AP Møller ha presentado sus cuentas del trimestre, que mejoran las del año anterior.",
        "María López (Cuenca, 1980) - novelista y traductora - publica este martes su tercer libro.",
    ] {
        let out = run(TITLE, &[text, NEXT]);
        if !out["dateline"].is_null() || out["text"] != format!("{text}\n{NEXT}") {
            wrong.push(format!("{text}: {}", out["dateline"]));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// A dispatch that somebody posted years later: the date line above it gives the year, as HTML and flattened.
#[test]
fn the_date_line_above_gives_the_year() {
    let lines = [
        TITLE,
        TITLE,
        "15 FÉVRIER 2022",
        "Les commerçants reviennent",
        "MADRID, 15 février (EUROPA PRESS) -",
        LEAD,
        NEXT,
    ];
    let html: String = lines.iter().map(|line| format!("<p>{line}</p>")).collect();
    for (text, published) in
        [(lines.join("\n"), "2026-11-24T10:00:00Z"), (html, "2026-11-24T10:00:00Z"), (lines.join("\n"), "")]
    {
        let out = tool::clean(&json!({"id": "a", "title": TITLE, "text": text, "published": published}));
        assert_eq!(out["dateline"]["date"], "2022-02-15");
        assert_eq!(out["agency"], "Europa Press");
        assert_eq!(out["deck"], "Les commerçants reviennent");
        assert_eq!(out["text"], format!("{LEAD}\n{NEXT}"));
    }
    // Without anything that gives the year there is no date.
    let out = tool::clean(
        &json!({"id": "a", "title": TITLE, "text": format!("MADRID, 15 Feb. (EUROPA PRESS) - {LEAD}")}),
    );
    assert!(out["dateline"]["date"].is_null());
    assert_eq!(out["dateline"]["place"], "MADRID");
}
