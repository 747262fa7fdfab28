//! Tables of dates.

use super::*;

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
