//! Places by name: GeoNames cities and countries, embedded.

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};

use wiredesk_contract::enrichment::Place;

use super::cues::rows;
use super::tokens::{Document, fold};

const CITIES: &str = include_str!("../../vocab/cities.tsv");
const REGIONS: &str = include_str!("../../vocab/regions.tsv");
const TOPONYMS: &str = include_str!("../../vocab/toponyms.tsv");
const COUNTRIES: &str = include_str!("../../vocab/countries.tsv");

/// The longest name, in tokens.
const LONGEST: usize = 5;

/// A city or country.
#[derive(Clone, Debug)]
pub struct Spot {
    /// Geonameid.
    pub geonameid: u32,
    /// GeoNames' own name; of a country, its English name.
    pub name: &'static str,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// First-level division as GeoNames codes it; empty for countries.
    pub admin1: &'static str,
    /// Degrees north; of a country, of its capital.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// People.
    pub population: u32,
    /// IANA time zone; empty for a country that has several.
    pub time_zone: &'static str,
    /// A whole country.
    pub is_country: bool,
}

impl Spot {
    /// As messages carry it.
    pub fn to_place(&self) -> Place {
        Place {
            id: self.id(),
            name: self.name.to_owned(),
            country: self.country.to_owned(),
            lat: self.lat,
            lon: self.lon,
            time_zone: Some(self.time_zone).filter(|zone| !zone.is_empty()).map(str::to_owned),
        }
    }

    /// `geo:<geonameid>`.
    pub fn id(&self) -> String {
        format!("geo:{}", self.geonameid)
    }
}

/// A spot that a name may stand for.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// Index of the spot.
    pub spot: u32,
    /// Its own name, not one of its others.
    pub own: bool,
}

/// All places and their names.
#[derive(Debug)]
pub struct Gazetteer {
    spots: Vec<Spot>,
    names: HashMap<Box<str>, Vec<Named>>,
    by_geonameid: HashMap<u32, u32>,
    /// Names of subdivisions of countries and of rivers, valleys, quarters; they have no geonameid here.
    regions: HashSet<Box<str>>,
}

impl Gazetteer {
    /// Reads the embedded tables.
    pub fn load() -> Self {
        let mut gazetteer = Self {
            spots: Vec::with_capacity(50_000),
            names: HashMap::with_capacity(110_000),
            by_geonameid: HashMap::new(),
            regions: HashSet::new(),
        };
        for row in rows(COUNTRIES) {
            let [id, country, name, lat, lon, population, zone, names] = row[..] else { continue };
            gazetteer.add([id, name, country, "", lat, lon, population, zone, names], true);
        }
        for row in rows(CITIES) {
            let [id, name, country, admin1, lat, lon, population, zone, names] = row[..] else { continue };
            gazetteer.add([id, name, country, admin1, lat, lon, population, zone, names], false);
        }
        gazetteer
            .regions
            .extend(rows(REGIONS).chain(rows(TOPONYMS)).map(|row| fold(row[0]).into_boxed_str()));
        gazetteer
    }

    fn add(
        &mut self,
        [id, name, country, admin1, lat, lon, population, zone, names]: [&'static str; 9],
        is_country: bool,
    ) {
        let index = u32::try_from(self.spots.len()).unwrap_or(u32::MAX);
        self.spots.push(Spot {
            geonameid: id.parse().unwrap_or_default(),
            name,
            country,
            admin1,
            lat: lat.parse().unwrap_or_default(),
            lon: lon.parse().unwrap_or_default(),
            population: population.parse().unwrap_or_default(),
            time_zone: zone,
            is_country,
        });
        if let Some(spot) = self.spots.last() {
            self.by_geonameid.insert(spot.geonameid, index);
        }
        self.name(name, index, true);
        for other in names.split('|').filter(|other| !other.is_empty()) {
            // A country's names in the seven languages are all its own.
            self.name(other, index, is_country);
        }
        // `New York City` is `New York` in every dateline.
        if let Some(short) = name.strip_suffix(" City").filter(|short| !short.is_empty()) {
            self.name(short, index, true);
        }
    }

    fn name(&mut self, name: &str, spot: u32, own: bool) {
        let named = self.names.entry(fold(name).into_boxed_str()).or_default();
        if !named.iter().any(|known| known.spot == spot) {
            named.push(Named { spot, own });
        }
    }

    /// The spots of a name, in order of population; empty for an unknown one.
    pub fn lookup(&self, name: &str) -> &[Named] {
        self.lookup_folded(&fold(name))
    }

    /// As [`Gazetteer::lookup`], for a name that is folded already.
    pub fn lookup_folded(&self, name: &str) -> &[Named] {
        self.names.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// A spot by index.
    pub fn spot(&self, index: u32) -> Option<&Spot> {
        self.spots.get(index as usize)
    }

    /// A spot by `geo:<geonameid>`.
    pub fn by_id(&self, id: &str) -> Option<&Spot> {
        let number = id.strip_prefix("geo:")?.parse().ok()?;
        self.by_geonameid.get(&number).and_then(|index| self.spot(*index))
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Is there nothing?
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The longest name that begins at a token, as the token after its last and its spots. Names end at token borders and
    /// begin and end with a capital; names of up to three letters must be all capitals (`US`, not `us`).
    pub fn longest_at(&self, document: &Document<'_>, first: usize) -> Option<(usize, &[Named])> {
        longest(document, first, |name| self.names.get(name).map(Vec::as_slice))
    }

    /// The token after the longest name of a subdivision (province, state, canton) that begins at a token.
    pub fn region_at(&self, document: &Document<'_>, first: usize) -> Option<usize> {
        longest(document, first, |name| self.regions.contains(name).then_some(())).map(|(end, ())| end)
    }
}

/// The longest run of tokens from `first` that `known` knows, folded and joined.
fn longest<T>(
    document: &Document<'_>,
    first: usize,
    known: impl Fn(&str) -> Option<T>,
) -> Option<(usize, T)> {
    let tokens = &document.tokens;
    let mut joined = String::new();
    let mut best = None;
    for (length, token) in tokens.iter().skip(first).take(LONGEST).enumerate() {
        let index = first + length;
        if length > 0 {
            match document.gap(index - 1, index) {
                " " | "\u{a0}" => joined.push(' '),
                "" if token.text == "'" || token.text == "’" || joined.ends_with('\'') => {}
                _ => break,
            }
        }
        if token.text == "'" || token.text == "’" {
            joined.push('\'');
            continue;
        }
        if !token.is_word() {
            break;
        }
        joined.push_str(&token.fold);
        let short = token.text.chars().count() <= 3 && length == 0;
        if !token.is_capital() || short && token.text.chars().any(char::is_lowercase) {
            continue;
        }
        if let Some(found) = known(&joined) {
            best = Some((index + 1, found));
        }
    }
    best
}
