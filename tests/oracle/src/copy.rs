//! Invented dispatches, no two alike.

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

const PLACES: &[&str] = &[
    "Valdeprado",
    "Monteluz",
    "Ribaseca",
    "Torrenueva",
    "Castroviejo",
    "Almendral",
    "Peñablanca",
    "Fuentelarga",
    "Villarrubia",
    "Navahonda",
    "Campofrío",
    "Sotogrande",
    "Hontanares",
    "Berrocal",
    "Olmosverdes",
    "Matapardo",
];
const WHO: &[&str] = &[
    "el pleno municipal",
    "la cofradía de pescadores",
    "la asociación de ganaderos",
    "el servicio de bomberos",
    "la biblioteca comarcal",
    "el club de remo",
    "la comunidad de regantes",
    "el juzgado de lo social",
    "la cooperativa olivarera",
    "el observatorio",
    "la banda de música",
    "el consorcio de aguas",
    "la escuela de hostelería",
    "el gremio de panaderos",
];
const DID: &[&str] = &[
    "aprobó",
    "aplazó",
    "presentó",
    "rechazó",
    "anunció",
    "estrenó",
    "reclamó",
    "suspendió",
    "inauguró",
    "revisó",
    "amplió",
    "defendió",
];
const WHAT: &[&str] = &[
    "la reforma del mercado de abastos",
    "un plan contra las inundaciones",
    "la compra de dos autobuses",
    "el calendario de la vendimia",
    "una ayuda para las queserías",
    "el concurso de fachadas",
    "la limpieza del cauce",
    "un censo de palomares",
    "la subida del billete",
    "el archivo de cartas del siglo XIX",
    "un huerto para la escuela",
    "la feria del queso curado",
    "la reparación del campanario",
    "un convenio con las granjas",
    "la cantera de pizarra",
    "el nuevo horario del tranvía",
];
const WHY: &[&str] = &[
    "tras las quejas de los vecinos",
    "a la espera del informe técnico",
    "por falta de presupuesto",
    "después de tres reuniones",
    "con el voto de todos los grupos",
    "pese a la nieve de la víspera",
    "ante un salón lleno",
    "sin fecha de comienzo",
    "a petición de los comerciantes",
    "en contra del dictamen",
];
const MORE: &[&str] = &[
    "La portavoz aseguró que las obras durarán",
    "El secretario calculó un gasto de",
    "Los técnicos midieron una diferencia de",
    "La lista de espera llega a",
    "El registro cuenta desde enero",
    "La junta repartirá antes de junio",
    "El acta recoge una demora de",
    "Los delegados contaron en la sala",
];
const UNITS: &[&str] =
    &["semanas", "euros por familia", "metros", "solicitudes", "firmas", "vecinos", "toneladas", "jornadas"];

fn one<'a>(random: &mut StdRng, of: &[&'a str]) -> &'a str {
    of.choose(random).copied().unwrap_or_default()
}

/// A headline and three sentences, of which one holds `mark`.
pub(crate) fn dispatch(random: &mut StdRng, mark: &str) -> (String, String) {
    let (place, who, did, what) =
        (one(random, PLACES), one(random, WHO), one(random, DID), one(random, WHAT));
    let headline = format!("{who} de {place} {did} {what}");
    let mut sentence = || {
        let (more, unit) = (one(random, MORE), one(random, UNITS));
        let (what, why) = (one(random, WHAT), one(random, WHY));
        format!("{more} {} {unit}, {why}, y pidió que {what} no se retrase.", random.random_range(3..9_000))
    };
    let (second, third, fourth) = (sentence(), sentence(), sentence());
    let capital: String =
        headline.chars().take(1).flat_map(char::to_uppercase).chain(headline.chars().skip(1)).collect();
    let text =
        format!("{capital} este martes. {second} {third} El expediente lleva el número {mark}. {fourth}");
    (capital, text)
}
