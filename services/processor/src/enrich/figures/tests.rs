//! Tables of invented copy: text, then what is to be found in it.

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
fn spanish_figures() {
    check_figures(
        "es",
        &[
            ("La obra costará 3,5 millones de euros.", "money 3500000 EUR"),
            ("Una deuda de 1.234.567,8 euros", "money 1234567.8 EUR"),
            ("Facturó 12 M€ y perdió 300 k€.", "money 12000000 EUR; money 300000 EUR"),
            ("Unos 2.300 millones de pesos", "money 2300000000 -"),
            ("Pagó 2 mil 300 millones de pesos mexicanos", "money 2300000000 MXN"),
            ("Exportó por US$ 20 y por R$ 3,5 millones", "money 20 USD; money 3500000 BRL"),
            ("un fondo de mil millones de dólares", "money 1000000000 USD"),
            ("Tres billones de dólares canadienses", "money 3000000000000 CAD"),
            ("medio millón de euros y millón y medio de libras", "money 500000 EUR"),
            (
                "un millón doscientos mil euros, dos mil quinientos votos",
                "money 1200000 EUR; count 2500 votos",
            ),
            ("un millón y medio de libras", "money 1500000 GBP"),
            ("subió un 3,218 % y un 71 por ciento", "percentage 3.218 %; percentage 71 %"),
            ("cae 1,2 puntos porcentuales y 74 puntos básicos", "percentage 1.2 pp; percentage 0.74 pp"),
            ("entre 10 y 12 millones de toneladas", "measure 10000000..12000000 t"),
            ("Rachas de 120 kilómetros por hora y -4 °C", "measure 120 km/h; measure -4 Cel"),
            ("cinco grados bajo cero, entre 5 y 10 grados bajo cero", "measure -5 Cel; measure -10..-5 Cel"),
            ("1 234 567 metros cuadrados, 12 500 m²", "measure 1234567 m2; measure 12500 m2"),
            ("ardieron 3.400 hectáreas en dos años y medio", "measure 3400 har; measure 2.5 a"),
            ("una niña de seis años tras 41 horas", "measure 6 a; measure 41 h"),
            (
                "27 civiles, 40 nuevas camas y treinta y dos heridos",
                "count 27 civiles; count 40 camas; count 32 heridos",
            ),
            ("un centenar de personas y una docena de autobuses", "count 100 personas; count 12 autobuses"),
            ("Marcharon 12,500 personas", "count 12500 personas"),
            ("En Madrid, doscientas cincuenta mil personas", "count 250000 personas"),
            ("de 15 a 20 heridos", "count 15..20 heridos"),
            ("ha pasado de 19 a 31 euros, bajará de 1.400 a 600 metros", "money 31 EUR; measure 600 m"),
            ("entre 5 % y 7 %", "percentage 5..7 %"),
        ],
    );
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
fn spanish_dates() {
    check_dates(
        "es",
        &[
            ("el 12 de mayo de 2026", "2026-05-12"),
            ("el 1 de diciembre", "2025-12-01?"),
            ("MADRID, 15 Feb. (AGENCIA) -", "2026-02-15?"),
            ("el 12/05/2026 y el 2026-05-12", "2026-05-12; 2026-05-12"),
            ("en mayo de 2026 y en 2019", "2026-05; 2019"),
            ("(Inca, 1984) gobernó entre 2007 y 2019", "1984; 2007..2019"),
            ("del 3 al 5 de mayo", "2026-05-03..2026-05-05?"),
            ("del 28 de abril al 3 de mayo de 2026", "2026-04-28..2026-05-03?"),
            ("El lunes dijo que el próximo lunes", "2026-05-11?; 2026-05-18?"),
            ("este miércoles y el pasado miércoles", "2026-05-13?; 2026-05-06?"),
            ("resolverá el jueves", "2026-05-14?"),
            ("ayer, hoy, mañana y pasado mañana", "2026-05-12?; 2026-05-13?; 2026-05-14?; 2026-05-15?"),
            ("por la mañana, en los turnos de mañana, hoy en día", ""),
            ("lunes, 11 de mayo de 2026", "2026-05-11"),
            ("los lunes, 2000 personas, el 31 de febrero, 45/13/2026", ""),
            ("avenida 9 de Julio", ""),
            ("a partir del próximo 17 de junio", "2026-06-17?"),
            ("Lima, ago. 22 (Agencia)", "2026-08-22?"),
        ],
    );
}

#[test]
fn french_figures() {
    check_figures(
        "fr",
        &[
            ("une rallonge de 900 millions d'euros", "money 900000000 EUR"),
            (
                "12 Md€, 3,5 M€ et 2,6 milliards d’euros",
                "money 12000000000 EUR; money 3500000 EUR; money 2600000000 EUR",
            ),
            ("500'000 francs suisses", "money 500000 CHF"),
            ("38.000 francs CFA", "money 38000 XOF"),
            ("deux milliards de dollars", "money 2000000000 USD"),
            ("un million et demi de livres sterling", "money 1500000 GBP"),
            (
                "une hausse de 0,21% (+1,3 %), dix pour cent",
                "percentage 0.21 %; percentage 1.3 %; percentage 10 %",
            ),
            ("deux points de pourcentage", "percentage 2 pp"),
            ("30'000 mètres cubes de roche, 1 234 km", "measure 30000 m3; measure 1234 km"),
            ("212 années-lumière, 41 degrés, 90 km/h", "measure 212 [ly]; measure 41 Cel; measure 90 km/h"),
            ("une grève de 72 heures, de 40 à 60 centimètres", "measure 72 h; measure 40..60 cm"),
            ("âgé de 44 ans, quatre-vingt-dix jours", "measure 44 a; measure 90 d"),
            ("210 000 enfants et 140 nouveaux lits", "count 210000 enfants; count 140 lits"),
            ("une centaine d'amateurs, trente-six concerts", "count 100 amateurs; count 36 concerts"),
            ("soixante et onze députés, neuf personnes", "count 71 députés; count 9 personnes"),
            ("deux cent cinquante manifestants", "count 250 manifestants"),
            ("3 millions de personnes", "count 3000000 personnes"),
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
fn french_dates() {
    check_dates(
        "fr",
        &[
            ("le 12 mai 2026", "2026-05-12"),
            ("le 1er juin", "2026-06-01?"),
            ("Paris, 14 oct (AFP) - ", "2026-10-14?"),
            ("en mars 2021 et depuis 2025", "2021-03; 2025"),
            ("du 3 au 5 mai 2026", "2026-05-03..2026-05-05"),
            ("a annoncé mardi", "2026-05-12?"),
            ("dimanche dernier, lundi prochain", "2026-05-10?; 2026-05-18?"),
            ("jusqu'à vendredi", "2026-05-15?"),
            ("hier, aujourd'hui, demain, après-demain", "2026-05-12?; 2026-05-13?; 2026-05-14?; 2026-05-15?"),
            ("le lundi, chaque mardi", ""),
            ("lundi 18 mai", "2026-05-18?"),
            ("le 12/05/2026", "2026-05-12"),
            ("entre 2018 et 2021", "2018..2021"),
        ],
    );
}

#[test]
fn english_figures() {
    check_figures(
        "en",
        &[
            (
                "a £14 million subsidy and $2.5bn, £300k",
                "money 14000000 GBP; money 2500000000 USD; money 300000 GBP",
            ),
            ("1,234,567.8 euros", "money 1234567.8 EUR"),
            ("two million dollars, half a billion pounds", "money 2000000 USD; money 500000000 GBP"),
            ("two and a half million euros", "money 2500000 EUR"),
            ("between £10m and £12m", "money 10000000..12000000 GBP"),
            ("$10-12 million", "money 10000000..12000000 USD"),
            ("A$20, US$30, 45p", "money 20 AUD; money 30 USD; money 0.45 GBP"),
            ("10 to 12 per cent, up 3.1%", "percentage 10..12 %; percentage 3.1 %"),
            ("25 basis points, 1.5 percentage points", "percentage 0.25 pp; percentage 1.5 pp"),
            ("winds of 60 mph, 30 degrees Celsius", "measure 60 [mi_i]/h; measure 30 Cel"),
            ("a 34-year-old driver, 24 hours, a two-year ban", "measure 34 a; measure 24 h; measure 2 a"),
            ("a 60-metre stretch, 8kg", "measure 60 m; measure 8 kg"),
            ("Forty-one people, 1,100 bus drivers", "count 41 people; count 1100 drivers"),
            ("two British soldiers and a dozen children", "count 2 soldiers; count 12 children"),
            ("20 new beds, 71 MPs, a hundred people", "count 20 beds; count 71 MPs; count 100 people"),
            ("two hundred and fifty workers", "count 250 workers"),
            ("Rs 40 crore", "money 400000000 INR"),
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
fn english_dates() {
    check_dates(
        "en",
        &[
            ("May 12, 2026", "2026-05-12"),
            ("on 12 May and May 12", "2026-05-12?; 2026-05-12?"),
            ("LONDON, March 11 (Agency) -", "2026-03-11?"),
            ("in October 2023, since 2019", "2023-10; 2019"),
            ("13/05/2026, 05/13/2026, 04/05/2026", "2026-05-13; 2026-05-13"),
            ("May 12-14, 2026", "2026-05-12..2026-05-14"),
            ("from 2011 to 2022", "2011..2022"),
            ("on Monday, last Monday, next Monday", "2026-05-11?; 2026-05-11?; 2026-05-18?"),
            ("buses will run on Monday", "2026-05-18?"),
            ("yesterday, today and tomorrow", "2026-05-12?; 2026-05-13?; 2026-05-14?"),
            ("Monday 12 October, Tuesday 14 October", "2026-10-12?; 2025-10-14?"),
            ("may 12 people march 3 times; every Monday", ""),
            ("10 and 11 November 2025", "2025-11-10..2025-11-11"),
            ("the 4th of July 2026", "2026-07-04"),
        ],
    );
}

#[test]
fn portuguese_figures() {
    check_figures(
        "pt",
        &[
            ("61 milhões de euros, 1,32 milhões de euros", "money 61000000 EUR; money 1320000 EUR"),
            ("R$ 14,8 milhões e US$ 22 mil", "money 14800000 BRL; money 22000 USD"),
            ("dois mil milhões de euros", "money 2000000000 EUR"),
            ("três bilhões de reais", "money 3000000000 BRL"),
            ("um milhão e duzentos mil euros", "money 1200000 EUR"),
            ("um milhão e meio de dólares", "money 1500000 USD"),
            ("600 milhões de francos CFA", "money 600000000 XOF"),
            (
                "queda de 0,64%, 38 por cento, dois pontos percentuais",
                "percentage 0.64 %; percentage 38 %; percentage 2 pp",
            ),
            (
                "4.300 hectares, 80 toneladas, 45 graus Celsius",
                "measure 4300 har; measure 80 t; measure 45 Cel",
            ),
            ("de 15 a 19 anos, 48 horas", "measure 15..19 a; measure 48 h"),
            ("12 mil sobreiros e 2,1 mil desalojados", "count 12000 sobreiros; count 2100 desalojados"),
            ("Quarenta e dois músicos, cento e vinte pessoas", "count 42 músicos; count 120 pessoas"),
            ("uma dezena de casas, 600 mil pessoas", "count 10 casas; count 600000 pessoas"),
            (
                "Cinco mil e 200 toneladas, entre cinco mil e 200 mil euros",
                "measure 5200 t; money 5000..200000 EUR",
            ),
            ("em 2021 nos municípios, em 2023 segundo dados", ""),
            ("entre 10 e 12 mil pessoas", "count 10000..12000 pessoas"),
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
fn portuguese_dates() {
    check_dates(
        "pt",
        &[
            ("a 12 de maio de 2026", "2026-05-12"),
            ("Lisboa, 03 jun (Agência) -", "2026-06-03?"),
            ("Évora, 15 fev 2025 (Agência)", "2025-02-15"),
            ("em maio de 2026, até 2028", "2026-05; 2028"),
            ("nesta terça-feira (12)", "2026-05-12?"),
            ("nesta terça-feira (21)", ""),
            ("na próxima segunda-feira, segunda-feira passada", "2026-05-18?; 2026-05-11?"),
            ("ontem, hoje, amanhã", "2026-05-12?; 2026-05-13?; 2026-05-14?"),
            ("de 3 a 5 de maio", "2026-05-03..2026-05-05?"),
            ("12/05/2026", "2026-05-12"),
            ("até sexta-feira", "2026-05-15?"),
            ("hoje em dia, às segundas", ""),
        ],
    );
}

#[test]
fn italian_figures() {
    check_figures(
        "it",
        &[
            (
                "2,9 miliardi di euro, 3 mln di euro, 12 mld di euro",
                "money 2900000000 EUR; money 3000000 EUR; money 12000000000 EUR",
            ),
            ("circa 240mila euro", "money 240000 EUR"),
            ("due milioni e mezzo di dollari", "money 2500000 USD"),
            ("cede l'1,34% e (-4,2%), 80 per cento", "percentage 1.34 %; percentage -4.2 %; percentage 80 %"),
            ("148 punti base, due punti percentuali", "percentage 1.48 pp; percentage 2 pp"),
            ("ventimila metri cubi, 18mila tonnellate", "measure 20000 m3; measure 18000 t"),
            ("tra i 60 e i 100 centimetri", "measure 60..100 cm"),
            ("-14 gradi ad Arabba", "measure -14 Cel"),
            ("44 anni, 72 ore, quattromila chilometri", "measure 44 a; measure 72 h; measure 4000 km"),
            ("Trentotto branchi, duecento volontari", "count 38 branchi; count 200 volontari"),
            ("ventuno Paesi, ventotto nuovi treni", "count 28 treni"),
            ("un centinaio di persone, 40mila visitatori", "count 100 persone; count 40000 visitatori"),
            ("un milione e centomila anni", "measure 1100000 a"),
            ("300 persone, undici miliardi di anni", "count 300 persone; measure 11000000000 a"),
            ("33.870,5 punti", "count 33870.5 punti"),
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
fn italian_dates() {
    check_dates(
        "it",
        &[
            ("il 12 maggio 2026", "2026-05-12"),
            ("(ANSA) - ROMA, 19 GEN -", "2026-01-19?"),
            ("il 1° giugno", "2026-06-01?"),
            ("dal 12 al 14 settembre 2026", "2026-09-12..2026-09-14"),
            ("nel 2024, dal 2014, a maggio 2026", "2024; 2014; 2026-05"),
            ("ieri, oggi, domani", "2026-05-12?; 2026-05-13?; 2026-05-14?"),
            ("lunedì scorso, lunedì prossimo", "2026-05-11?; 2026-05-18?"),
            ("Da venerdì neve", "2026-05-15?"),
            ("martedì 12 maggio", "2026-05-12?"),
            ("ogni lunedì", ""),
            ("12/05/2026", "2026-05-12"),
            ("tra il 2018 e il 2021", "2018..2021"),
        ],
    );
}

#[test]
fn german_figures() {
    check_figures(
        "de",
        &[
            ("48 Millionen Euro, 1,12 Milliarden Euro", "money 48000000 EUR; money 1120000000 EUR"),
            (
                "CHF 20 Mio, 20 Mio. Franken, 3 Mrd. Euro",
                "money 20000000 CHF; money 20000000 CHF; money 3000000000 EUR",
            ),
            ("310 bis 340 Millionen Euro", "money 310000000..340000000 EUR"),
            ("drei Milliarden Dollar, eine halbe Million Euro", "money 3000000000 USD; money 500000 EUR"),
            ("0,74 Prozent, zwei Prozentpunkte", "percentage 0.74 %; percentage 2 pp"),
            ("38 Grad, 90 km/h, 12.500 Hektar", "measure 38 Cel; measure 90 km/h; measure 12500 har"),
            ("zweieinhalb Metern, dreieinhalb Jahren", "measure 2.5 m; measure 3.5 a"),
            ("der 54-Jährige, ein 24-stündiger Streik", "measure 54 a; measure 24 h"),
            ("20 neue Stellen, zwei schwer verletzte Männer", "count 20 Stellen; count 2 Männer"),
            ("40'000 Menschen, 3.800 Unterschriften", "count 40000 Menschen; count 3800 Unterschriften"),
            ("fünfundzwanzig Häuser, dreihundert Gäste", "count 25 Häuser; count 300 Gäste"),
            ("ein Dutzend Helfer, zweitausend Besucher", "count 12 Helfer; count 2000 Besucher"),
            ("zwischen 10 und 12 Prozent", "percentage 10..12 %"),
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
fn german_dates() {
    check_dates(
        "de",
        &[
            ("am 12. Mai 2026", "2026-05-12"),
            ("Hoya, 12.02. (dpa)", "2026-02-12?"),
            ("am 12.05.2026", "2026-05-12"),
            ("im Herbst 2023, bis 2035, im Mai 2026", "2023; 2035; 2026-05"),
            ("vom 3. bis 5. Mai", "2026-05-03..2026-05-05?"),
            ("am Dienstag, am kommenden Montag", "2026-05-12?; 2026-05-18?"),
            ("ab Freitag, am Donnerstagabend", "2026-05-15?; 2026-05-07?"),
            ("gestern, heute, morgen, übermorgen", "2026-05-12?; 2026-05-13?; 2026-05-14?; 2026-05-15?"),
            ("Dienstag, 12. Mai", "2026-05-12?"),
            ("am Morgen, jeden Montag", ""),
            ("1999-2004 ohne Jahr; zwischen 1999 und 2004", "1999..2004"),
            ("2026-05-12", "2026-05-12"),
        ],
    );
}

#[test]
fn catalan_figures() {
    check_figures(
        "ca",
        &[
            ("186.400 euros, 3,5 milions d'euros", "money 186400 EUR; money 3500000 EUR"),
            ("mil milions de dòlars, milió i mig", "money 1000000000 USD"),
            ("un milió i mig d’euros", "money 1500000 EUR"),
            (
                "un 0,84%, Sabadell (-3,1%), 66 per cent",
                "percentage 0.84 %; percentage -3.1 %; percentage 66 %",
            ),
            ("76 punts bàsics", "percentage 0.76 pp"),
            ("0,17 hectòmetres cúbics, 140 hectàrees", "measure 0.17 hm3; measure 140 har"),
            ("de 40 a 60 centímetres, 90 km/h", "measure 40..60 cm; measure 90 km/h"),
            ("d'entre 24 i 51 anys, vint-i-dos anys", "measure 24..51 a; measure 22 a"),
            ("dues-centes persones, tres-cents animals", "count 200 persones; count 300 animals"),
            ("una dotzena d'anguiles, una trentena de robatoris", "count 12 anguiles; count 30 robatoris"),
            (
                "900 veïns, 85 noves places. Sis estibadors",
                "count 900 veïns; count 85 places; count 6 estibadors",
            ),
            ("5.000 habitants, dos mil cinc-cents vots", "count 5000 habitants; count 2500 vots"),
            ("11.653,2 enters", "count 11653.2 enters"),
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
fn catalan_dates() {
    check_dates(
        "ca",
        &[
            ("el 12 de maig de 2026", "2026-05-12"),
            ("l'1 d'octubre", "2026-10-01?"),
            ("MADRID, 9 nov. (AGÈNCIA) -", "2026-11-09?"),
            ("l'octubre de 2020, des de 1967, el 2022", "2020-10; 1967; 2022"),
            ("entre 2018 i 2021", "2018..2021"),
            ("aquest dimarts, dilluns vinent", "2026-05-12?; 2026-05-18?"),
            ("dijous, 14 de maig", "2026-05-14?"),
            ("ahir, avui, demà, demà passat", "2026-05-12?; 2026-05-13?; 2026-05-14?; 2026-05-15?"),
            ("del 3 al 5 de maig", "2026-05-03..2026-05-05?"),
            ("fins dissabte", "2026-05-16?"),
            ("els dilluns, avui dia", ""),
            ("12/05/2026", "2026-05-12"),
        ],
    );
}

#[test]
fn without_publication_only_what_is_said_in_full() {
    let words = Words::load();
    assert_eq!(
        dates_in("es", "ayer lunes, el 12 de mayo y el 1 de mayo de 2026, en 2019", None, &words),
        "2026-05-01; 2019"
    );
}

#[test]
fn the_nearest_day_to_publication_crosses_the_year() {
    let words = Words::load();
    let new_year = NaiveDate::from_ymd_opt(2026, 1, 2);
    assert_eq!(
        dates_in("es", "el 30 de diciembre y el 3 de enero", new_year, &words),
        "2025-12-30?; 2026-01-03?"
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
