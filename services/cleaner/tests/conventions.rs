//! What agencies print around their copy, in seven languages: every form is taken out and named. The copy is invented.

use serde_json::{Value, json};
use wiredesk_cleaner::tool::clean;

const TITLE: &str = "El Ayuntamiento de Valdeprado reabre el mercado";
const LEAD: &str = "El Ayuntamiento de Valdeprado ha anunciado la reapertura del mercado municipal tras dos años de obras en la cubierta.";
const NEXT: &str = "La concejala de Comercio ha visitado los puestos con los comerciantes y ha dado las gracias a los vecinos por su paciencia.";

fn run(title: &str, lines: &[&str]) -> Value {
    clean(&json!({
        "id": "a", "title": title, "text": lines.join("\n"), "published": "2026-11-24T10:00:00Z",
        "time_zone": "Europe/Madrid",
    }))
}

/// Everything that is not as wanted, told at once.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn eq<A: std::fmt::Debug + PartialEq<B>, B: std::fmt::Debug>(
        &mut self,
        found: A,
        wanted: B,
        place: &str,
    ) {
        if found != wanted {
            self.0.push(format!("{place}: {found:?}, not {wanted:?}"));
        }
    }
}

impl Drop for Wrong {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.0.is_empty(), "{} wrong:\n{}", self.0.len(), self.0.join("\n"));
        }
    }
}

fn markers(out: &Value) -> Vec<String> {
    let list = out["markers"].as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[test]
fn marks_at_the_start_of_a_title() {
    let mut wrong = Wrong::default();
    for (printed, title, signal, urgency) in [
        ("URGENTE.- El alcalde dimite", "El alcalde dimite", "", 3),
        ("URGENTE: El alcalde dimite", "El alcalde dimite", "", 3),
        ("(URGENTE) El alcalde dimite", "El alcalde dimite", "", 3),
        ("URGENTE 2.- El alcalde dimite", "El alcalde dimite", "", 3),
        ("Av.- El alcalde dimite", "El alcalde dimite", "", 5),
        ("AMP.- El alcalde dimite", "El alcalde dimite", "expanded", 5),
        ("AMPL.- El alcalde dimite", "El alcalde dimite", "expanded", 5),
        ("(AMP) El alcalde dimite", "El alcalde dimite", "expanded", 5),
        ("Ampliación.- El alcalde dimite", "El alcalde dimite", "expanded", 5),
        ("(Ampliación) El alcalde dimite", "El alcalde dimite", "expanded", 5),
        ("ACTUALIZA.- El alcalde dimite", "El alcalde dimite", "expanded", 5),
        ("ACTUALIZACIÓN: El alcalde dimite", "El alcalde dimite", "expanded", 5),
        ("-(Corrección)- El alcalde dimite", "El alcalde dimite", "corrected", 5),
        ("CORRECCIÓN.- El alcalde dimite", "El alcalde dimite", "corrected", 5),
        ("ANULACIÓN.- El alcalde dimite", "El alcalde dimite", "withdrawn", 5),
        ("AVANCE.- El alcalde dimite", "El alcalde dimite", "", 3),
        ("REPETICIÓN.- El alcalde dimite", "El alcalde dimite", "repeated", 5),
        ("ALERTE - Le maire démissionne", "Le maire démissionne", "", 2),
        ("ALERTE: Le maire démissionne", "Le maire démissionne", "", 2),
        ("FLASH - Le maire démissionne", "Le maire démissionne", "", 1),
        ("URGENT - Le maire démissionne", "Le maire démissionne", "", 3),
        ("LEAD 2-Le maire démissionne", "Le maire démissionne", "expanded", 5),
        ("2e LEAD - Le maire démissionne", "Le maire démissionne", "expanded", 5),
        ("RECTIFICATIF - Le maire démissionne", "Le maire démissionne", "corrected", 5),
        ("ANNULATION - Le maire démissionne", "Le maire démissionne", "withdrawn", 5),
        ("BULLETIN - Mayor resigns", "Mayor resigns", "", 2),
        ("BREAKING: Mayor resigns", "Mayor resigns", "", 2),
        ("SNAP - Mayor resigns", "Mayor resigns", "", 2),
        ("UPDATE 3-Mayor resigns", "Mayor resigns", "expanded", 5),
        ("1ST LEAD Mayor resigns", "Mayor resigns", "expanded", 5),
        ("RPT-Mayor resigns", "Mayor resigns", "repeated", 5),
        ("RPT-UPDATE 1-Mayor resigns", "Mayor resigns", "repeated", 5),
        ("REFILE-Mayor resigns", "Mayor resigns", "corrected", 5),
        ("REFILE-UPDATE 1-Mayor resigns", "Mayor resigns", "corrected", 5),
        ("CORRECTED-UPDATE 2-Mayor resigns", "Mayor resigns", "corrected", 5),
        ("CORRECTED: Mayor resigns", "Mayor resigns", "corrected", 5),
        ("WITHDRAWN: Mayor resigns", "Mayor resigns", "withdrawn", 5),
        ("STORY WITHDRAWN-Mayor resigns", "Mayor resigns", "withdrawn", 5),
        ("KILL - Mayor resigns", "Mayor resigns", "withdrawn", 5),
        ("EIL: Bürgermeister tritt zurück", "Bürgermeister tritt zurück", "", 2),
        ("EILMELDUNG - Bürgermeister tritt zurück", "Bürgermeister tritt zurück", "", 2),
        ("BLITZ +++ Bürgermeister tritt zurück", "Bürgermeister tritt zurück", "", 1),
        ("(EIL) Bürgermeister tritt zurück", "Bürgermeister tritt zurück", "", 2),
        ("ROUNDUP 2: Bürgermeister tritt zurück", "Bürgermeister tritt zurück", "expanded", 5),
        ("ROUNDUP: Bürgermeister tritt zurück", "Bürgermeister tritt zurück", "expanded", 5),
        ("WDH: Bürgermeister tritt zurück", "Bürgermeister tritt zurück", "repeated", 5),
        ("KORREKTUR: Bürgermeister tritt zurück", "Bürgermeister tritt zurück", "corrected", 5),
        ("(Berichtigung: Ort) Bürgermeister tritt zurück", "Bürgermeister tritt zurück", "corrected", 5),
        ("ZURÜCKZIEHUNG: Bürgermeister tritt zurück", "Bürgermeister tritt zurück", "withdrawn", 5),
        ("++ Si dimette il sindaco ++", "Si dimette il sindaco", "", 3),
        ("+++ Si dimette il sindaco +++", "Si dimette il sindaco", "", 2),
        ("ULTIM'ORA: Si dimette il sindaco", "Si dimette il sindaco", "", 3),
        ("RETTIFICA: Si dimette il sindaco", "Si dimette il sindaco", "corrected", 5),
        ("ANNULLAMENTO - Si dimette il sindaco", "Si dimette il sindaco", "withdrawn", 5),
        ("URGENTE: Presidente da câmara demite-se", "Presidente da câmara demite-se", "", 3),
        ("ATUALIZAÇÃO: Presidente da câmara demite-se", "Presidente da câmara demite-se", "expanded", 5),
        ("CORREÇÃO: Presidente da câmara demite-se", "Presidente da câmara demite-se", "corrected", 5),
        ("ÚLTIMA HORA: L'alcalde dimiteix", "L'alcalde dimiteix", "", 3),
        ("AMPLIACIÓ: L'alcalde dimiteix", "L'alcalde dimiteix", "expanded", 5),
        ("RECTIFICACIÓ: L'alcalde dimiteix", "L'alcalde dimiteix", "corrected", 5),
        // No marks: words of the headline itself.
        ("AMPARO RUIZ gana las primarias", "AMPARO RUIZ gana las primarias", "", 5),
        ("Ampliación del metro: las claves", "Ampliación del metro: las claves", "", 5),
        ("Alert: the new novel by Ada Quill", "Alert: the new novel by Ada Quill", "", 5),
        ("LEAD pipes found in schools", "LEAD pipes found in schools", "", 5),
        ("Avenida cortada en Valdeprado", "Avenida cortada en Valdeprado", "", 5),
        ("Urgente llamamiento del alcalde", "Urgente llamamiento del alcalde", "", 5),
        ("Flash floods hit the valley", "Flash floods hit the valley", "", 5),
    ] {
        let out = run(printed, &[LEAD, NEXT]);
        wrong.eq(&out["title"], title, printed);
        wrong.eq(out["signal"].as_str().unwrap_or_default(), signal, printed);
        wrong.eq(&out["urgency"], urgency, printed);
        wrong.eq(markers(&out).is_empty(), printed == title, printed);
    }
}

#[test]
fn marks_at_the_end_of_a_title() {
    let mut wrong = Wrong::default();
    for printed in [
        "El alcalde dimite (Foto)(Vídeo)",
        "El alcalde dimite (foto) (vídeo) (audio)",
        "El alcalde dimite (Texto) (Foto) (Vídeo) (Audio)",
        "El alcalde dimite (ENVIADA)",
        "El alcalde dimite (infografía)(en vivo)",
        "El alcalde dimite (AMPLIACIÓN)",
        "El alcalde dimite (AMP.)",
        "El alcalde dimite. AMP.",
        "El alcalde dimite -(Corrección)-",
        "El alcalde dimite (ACTUALIZA)",
        "El alcalde dimite (2)",
        "El alcalde dimite (1/2)",
        "El alcalde dimite (y 2)",
        "El alcalde dimite (FOTO NOTICIA)",
        "El alcalde dimite (con fotos y vídeo)",
        "El alcalde dimite [VÍDEO]",
        "El alcalde dimite (PHOTO)",
        "El alcalde dimite (PAPER GENERAL)",
        "El alcalde dimite (Zusammenfassung 1430)",
        "El alcalde dimite - Actualización",
    ] {
        let out = run(printed, &[LEAD, NEXT]);
        wrong.eq(&out["title"], "El alcalde dimite", printed);
        wrong.eq(markers(&out).is_empty(), false, printed);
    }
    for title in [
        "El alcalde dimite (PSOE)",
        "Cierra la mina de Ampla (Chile)",
        "El AMP pide más medios para el AMP",
        "Dimite el alcalde de Sotoviejo (Madrid)",
        "La vuelta del foto",
        "Un plan para 2030 (y después)",
    ] {
        let out = run(title, &[LEAD, NEXT]);
        wrong.eq(&out["title"], title, title);
    }
}

#[test]
fn lines_of_marks_in_the_text() {
    let mut wrong = Wrong::default();
    for (line, developing) in [
        ("(HABRÁ AMPLIACIÓN)", true),
        ("HABRÁ AMPLIACIÓN", true),
        ("Habrá ampliación.", true),
        ("(Seguirá ampliación)", true),
        ("(SEGUE)", true),
        ("(Segue)", true),
        ("(HI HAURÀ AMPLIACIÓ)", true),
        ("(HAVERÁ AMPLIAÇÃO)", true),
        ("(MORE TO FOLLOW)", true),
        ("MORE TO COME", true),
        ("More follows", true),
        ("(à suivre)", true),
        ("À SUIVRE", true),
        ("Mehr folgt", true),
        ("(mehr folgt)", true),
        ("(Foto)(Vídeo)", false),
        ("FOTO Y VÍDEO", false),
        ("(FOTO)", false),
        ("(SIGUE)", true),
        ("(FIN)", false),
        ("ENDS", false),
        ("FIN", false),
    ] {
        let out = run(TITLE, &[LEAD, NEXT, line]);
        wrong.eq(&out["text"], &*format!("{LEAD}\n{NEXT}"), line);
        wrong.eq(&out["developing"], developing, line);
        wrong.eq(markers(&out).len().min(1), 1, line);
    }
}

#[test]
fn bylines_and_initials() {
    let mut wrong = Wrong::default();
    for (line, name) in [
        ("Por Amparo Ruiz Lastra", "Amparo Ruiz Lastra"),
        ("par Jeanne Aubry", "Jeanne Aubry"),
        ("Par Jeanne Aubry et Paul Morel", "Jeanne Aubry et Paul Morel"),
        ("By Ada Quill", "Ada Quill"),
        ("By Ada Quill and Tom Wren", "Ada Quill and Tom Wren"),
        ("BY ADA QUILL", "ADA QUILL"),
        ("Von Greta Halm, dpa", "Greta Halm, dpa"),
        ("Von Greta Halm", "Greta Halm"),
        ("di Bruno Salvi", "Bruno Salvi"),
        ("(di Bruno Salvi)", "Bruno Salvi"),
        ("Per Núria Ferrer", "Núria Ferrer"),
        ("Por Rui Lameira, da agência Lusa", "Rui Lameira, da agência Lusa"),
    ] {
        let out = run(TITLE, &[line, LEAD, NEXT]);
        wrong.eq(&out["byline"], name, line);
        wrong.eq(&out["text"], &*format!("{LEAD}\n{NEXT}"), line);
    }
    for line in ["gr/bp", "arl/mlm/pcs", "(gr/bp)", "jau-pmo/abc", "gh xx n1 tw", "ARL", "/arl", "--arl"] {
        let out = run(TITLE, &[LEAD, NEXT, line]);
        wrong.eq(&out["text"], &*format!("{LEAD}\n{NEXT}"), line);
    }
    let out = run(
        TITLE,
        &["By Friday the town had run out of water and the mayor had left the country for good.", NEXT],
    );
    wrong.eq(out["byline"].is_null(), true, "By Friday");
    let glued = format!("{NEXT} EFE");
    wrong.eq(&run(TITLE, &[LEAD, &glued])["text"], &*format!("{LEAD}\n{NEXT}"), &glued);
    let glued = format!("{NEXT} (EFE)");
    wrong.eq(&run(TITLE, &[LEAD, &glued])["text"], &*format!("{LEAD}\n{NEXT}"), &glued);
    wrong.eq(&run(TITLE, &[LEAD, &glued])["agency"], "EFE", &glued);
}

#[test]
fn signatures_and_rights_below_the_text() {
    let mut wrong = Wrong::default();
    for (line, notice, terms) in [
        (
            "© 2026 Europa Press. Está expresamente prohibida la redistribución y la redifusión de este contenido sin su previo y expreso consentimiento.",
            true,
            true,
        ),
        ("(c) 2026 Europa Press. Está expresamente prohibida la redistribución.", true, true),
        (
            "© EFE 2026. Está expresamente prohibida la redistribución y la redifusión de todo o parte de los contenidos de los servicios de Efe.",
            true,
            true,
        ),
        ("© Agencia EFE, S.A.", true, false),
        ("© dpa-infocom, dpa:261124-99-55290/2", true, false),
        ("dpa hh yyzz n1 gh", false, false),
        ("Riproduzione riservata © Copyright ANSA", true, true),
        ("RIPRODUZIONE RISERVATA © Copyright ANSA 2026", true, true),
        ("© Copyright Adnkronos. Riproduzione riservata.", true, true),
        ("© Agence France-Presse", true, false),
        (
            "Tous droits de reproduction et de représentation réservés. © (2026) Agence France-Presse",
            true,
            true,
        ),
        ("Tous droits de reproduction et de diffusion réservés. © 2026 Agence France-Presse.", true, true),
        ("© 2026 AFP. Toute reproduction interdite sans autorisation.", true, true),
        (
            "Copyright 2026 The Associated Press. All rights reserved. This material may not be published, broadcast, rewritten or redistributed without permission.",
            true,
            true,
        ),
        ("© 2026 The Associated Press. All rights reserved.", true, true),
        ("(c) Reuters. All rights reserved. Click For Restrictions", true, true),
        ("© 2026 Lusa - Agência de Notícias de Portugal, S.A. Proibida a reprodução.", true, true),
        ("© ACN. Prohibida la reproducció total o parcial sense autorització.", true, true),
        ("Alle Rechte vorbehalten. © dpa 2026", true, true),
        ("Queda prohibida la reproducción total o parcial de este contenido.", false, true),
        ("Esta noticia no puede ser reproducida sin el permiso expreso de Europa Press.", false, true),
    ] {
        let out = run(TITLE, &[LEAD, NEXT, line]);
        wrong.eq(&out["text"], &*format!("{LEAD}\n{NEXT}"), line);
        wrong.eq(out["copyright_notice"].is_string(), notice, line);
        wrong.eq(out["usage_terms"].is_string(), terms, &format!("terms: {line}"));
    }
    for line in [
        "(Reporting by Ada Quill in Puebla, Mexico; editing by Tom Wren)",
        "(Reporting by Ada Quill; Additional reporting by Tom Wren in Shanghai; Editing by Lee Marsh and Kim Dole)",
        "Reporting by Ada Quill; Editing by Tom Wren",
        "((ada.quill@example.test;))",
        "(Rédigé par Jeanne Aubry, édité par Paul Morel)",
        "(Version française Jeanne Aubry, édité par Paul Morel)",
        "(Reportage Jeanne Aubry ; édité par Paul Morel)",
        "(Escrito por Amparo Ruiz; editado por Luis Cano)",
        "(Reporte de Amparo Ruiz. Editado en español por Luis Cano)",
        "(Reportagem de Rui Lameira; Edição de Ana Pires)",
        "(A cura di Bruno Salvi)",
        "(Redazione Roma, Bruno Salvi)",
        "(Bericht von Greta Halm, redigiert von Jan Pohl)",
        "Our Standards: The Thomson Reuters Trust Principles.",
        "Leer más: https://www.example.test/noticia-20261124.html",
        "Leer más acerca de:",
    ] {
        let out = run(TITLE, &[LEAD, NEXT, line]);
        wrong.eq(&out["text"], &*format!("{LEAD}\n{NEXT}"), line);
    }
}

#[test]
fn corrections_in_brackets() {
    let mut wrong = Wrong::default();
    for line in [
        "(This May 23 story has been corrected to fix the spelling of a name in paragraph 2)",
        "(Corrects paragraph 3 to say the market opens on Friday, not Thursday)",
        "(Corrects day in headline)",
        "(Refiles to fix typo in headline)",
        "(Corrige el cargo de la concejala en el segundo párrafo)",
        "(Corrección: en el segundo párrafo, el nombre de la concejala)",
        "(Rectifica el nombre de la concejala)",
        "(Corrige orthographe du nom au 2e paragraphe)",
        "(Rectifie le nom de la ministre)",
        "(Corrige nome da vereadora no segundo parágrafo)",
        "(Corregge il nome dell'assessora nel secondo capoverso)",
        "(Berichtigung: Im zweiten Absatz wurde der Name korrigiert)",
        "(Korrigiert wird der Name im zweiten Absatz)",
        "(Corregeix el nom de la regidora)",
        "[Corrects spelling of name in second paragraph]",
        "Esta noticia se ha corregido para cambiar el nombre de la concejala.",
    ] {
        for lines in [[line, LEAD, NEXT], [LEAD, NEXT, line]] {
            let out = run(TITLE, &lines);
            wrong.eq(&out["text"], &*format!("{LEAD}\n{NEXT}"), line);
            wrong.eq(&out["signal"], "corrected", line);
            wrong.eq(&out["ed_note"], line, line);
        }
    }
    // Right after the dateline, glued to the text.
    let glued = format!(
        "NEW YORK, Nov 24 (Reuters) - (This Nov. 23 story has been corrected to fix a name in paragraph 2) {LEAD}"
    );
    let out = run(TITLE, &[&glued, NEXT]);
    wrong.eq(&out["text"], &*format!("{LEAD}\n{NEXT}"), "");
    wrong.eq(&out["signal"], "corrected", "");
}

#[test]
fn titles_decks_and_subheads() {
    let mut wrong = Wrong::default();
    // The title twice, with and without its mark; a date line; the deck; the dateline; a subhead in capitals.
    let out = run(
        "URGENTE.- El Ayuntamiento de Valdeprado reabre el mercado",
        &[
            "URGENTE.- El Ayuntamiento de Valdeprado reabre el mercado",
            TITLE,
            "24 de noviembre de 2026",
            "Los comerciantes vuelven a sus puestos antes de Navidad",
            "VALDEPRADO, 24 Nov. (EUROPA PRESS) -",
            LEAD,
            "DIECISÉIS PUESTOS",
            NEXT,
        ],
    );
    wrong.eq(&out["text"], &*format!("{LEAD}\nDIECISÉIS PUESTOS\n{NEXT}"), "");
    wrong.eq(&out["deck"], "Los comerciantes vuelven a sus puestos antes de Navidad", "");
    wrong.eq(&out["dateline"]["date"], "2026-11-24", "");
    assert!(out["html"].as_str().is_some_and(|h| h.contains("<h2>DIECISÉIS PUESTOS</h2>")), "{out}");
    // The deck that came with the item is over again as the first line.
    let out = clean(&json!({"id": "a", "title": TITLE, "deck": "Los comerciantes vuelven antes de Navidad",
        "text": format!("Los comerciantes vuelven antes de Navidad\n{LEAD}\n{NEXT}")}));
    wrong.eq(&out["text"], &*format!("{LEAD}\n{NEXT}"), "");
    wrong.eq(&out["deck"], "Los comerciantes vuelven antes de Navidad", "");
    // A title glued to the first paragraph by a full stop or a line of its own in capitals.
    let out = run(TITLE, &["EL AYUNTAMIENTO DE VALDEPRADO REABRE EL MERCADO", LEAD, NEXT]);
    wrong.eq(&out["text"], &*format!("{LEAD}\n{NEXT}"), "");
    // Text that merely opens like the title stays.
    let lead = format!(
        "{TITLE} municipal tras dos años de obras, según ha informado este martes la concejala de Comercio."
    );
    wrong.eq(&run(TITLE, &[&lead, NEXT])["text"], &*format!("{lead}\n{NEXT}"), &lead);

    // An agenda's first line, which the feed's teaser repeats, is one of its dates.
    let first = "- 09H00: Visita de la alcaldesa a las obras del mercado municipal de Valdeprado";
    let second = "- 10H30: Rueda de prensa de la Federación de Comerciantes sobre la campaña de Navidad";
    let out = clean(&json!({"id": "a", "title": "Agenda de mañana", "deck": first,
        "text": format!("{first}\n{second}"), "published": "2026-11-24T10:00:00Z"}));
    wrong.eq(&out["text"], &*format!("{first}\n{second}"), "agenda");
}

#[test]
fn planning_and_roundups_are_kinds_of_their_own() {
    let mut wrong = Wrong::default();
    for (title, lines, kind) in [
        ("EFE. PREVISIONES. NACIONAL. AVANCE", &[LEAD][..], "planning"),
        ("Temas del día de EFE España del lunes 17 de marzo", &[LEAD], "planning"),
        ("Agenda informativa de Europa Press para hoy", &[LEAD], "planning"),
        ("BC-AP News Coverage Advisory 10:15,1st Ld-Writethru", &[LEAD], "planning"),
        (
            "Previsiones informativas del martes",
            &[
                "-- 10.00 horas: En Madrid, rueda de prensa.",
                "-- 11.30 horas: En Sevilla, pleno.",
                "-- 12.00 horas: En Lugo, visita.",
            ],
            "planning",
        ),
        (
            "Actos del martes",
            &[
                "-- 10.00 horas: En Madrid, rueda de prensa.",
                "-- 11.30 horas: En Sevilla, pleno.",
                "-- 12.00 horas: En Lugo, visita.",
            ],
            "planning",
        ),
        ("Prévisions France pour mardi", &[LEAD], "planning"),
        ("Agenda du mardi 24 novembre", &[LEAD], "planning"),
        ("L'agenda international du jour", &[LEAD], "planning"),
        ("DIARY - Political and General News", &[LEAD], "planning"),
        ("AP News Digest 6:30 a.m.", &[LEAD], "roundup"),
        ("Agenda Lusa para terça-feira", &[LEAD], "planning"),
        ("Agenda de terça-feira", &[LEAD], "planning"),
        ("Terminvorschau für Dienstag", &[LEAD], "planning"),
        ("dpa-Tagesvorschau Politik", &[LEAD], "planning"),
        ("TAGESVORSCHAU: Termine am 24. November", &[LEAD], "planning"),
        ("Gli avvenimenti previsti per domani", &[LEAD], "planning"),
        ("Agenda politica di oggi", &[LEAD], "planning"),
        ("Previsions informatives per a dimarts", &[LEAD], "planning"),
        ("ELECCIONES. (CRONICA RESUMEN)", &[LEAD], "roundup"),
        ("Resumen de noticias de Europa Press", &[LEAD], "roundup"),
        ("Las noticias más importantes del día", &[LEAD], "roundup"),
        ("La agenda verde del ministro divide al Gobierno", &[LEAD], "news"),
        ("Advisory board resigns at Chipmaker", &[LEAD], "news"),
        ("Las previsiones del FMI empeoran", &[LEAD], "news"),
        ("Agenda oculta: el libro de la temporada", &[LEAD], "news"),
    ] {
        let out = run(title, lines);
        wrong.eq(&out["kind"], kind, title);
    }
}
