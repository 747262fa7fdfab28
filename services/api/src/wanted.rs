//! What a live reader wants: the conditions of `GET /v1/items` that an item answers by itself.

use serde::Deserialize;
use wiredesk_contract::Item;
use wiredesk_contract::enrichment::Place;
use wiredesk_contract::status::CopyKind;
use wiredesk_store::read::{Circle, ItemFilter};

use crate::error::ApiError;
use crate::items::ListQuery;

/// Kilometres of the earth's mean radius (IUGG).
const EARTH_KM: f64 = 6371.0088;

/// The parameters of `GET /v1/stream`; empty ones, as forms send them, are none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StreamQuery {
    /// Source ids, comma-separated.
    pub source: Option<String>,
    /// BCP 47 languages, comma-separated.
    pub language: Option<String>,
    /// Sort of copy.
    pub kind: Option<String>,
    /// `false` leaves repeats out.
    pub duplicates: Option<String>,
    /// 1 to 9: at least as urgent.
    pub urgency: Option<String>,
    /// Codes of Media Topics, comma-separated.
    pub topic: Option<String>,
    /// The id of an entity that is named.
    pub entity: Option<String>,
    /// `geo:<geonameid>`.
    pub place: Option<String>,
    /// Degrees north, degrees east, kilometres.
    pub near: Option<String>,
    /// For clients that cannot send headers: the same as `Last-Event-ID`.
    pub last_event_id: Option<String>,
}

/// What one live reader wants.
#[derive(Clone, Debug, Default)]
pub struct Wanted(ItemFilter);

impl Wanted {
    /// What was asked for.
    ///
    /// # Errors
    /// [`ApiError::BadRequest`] naming the parameter.
    pub fn read(query: StreamQuery) -> Result<Self, ApiError> {
        let list = ListQuery {
            source: query.source,
            language: query.language,
            kind: query.kind,
            duplicates: query.duplicates,
            urgency: query.urgency,
            topic: query.topic,
            entity: query.entity,
            place: query.place,
            near: query.near,
            ..ListQuery::default()
        };
        list.filter(1).map(Self)
    }

    /// Is the item among what is wanted? As `GET /v1/items` would find it, but for names that were merged into another since.
    pub fn takes(&self, item: &Item) -> bool {
        let wanted = &self.0;
        let among = |list: &Option<Vec<String>>, value: &str| {
            list.as_ref().is_none_or(|list| list.iter().any(|one| one == value))
        };
        let places = || item.event_place.iter().map(|event| &event.place).chain(&item.places);
        among(&wanted.sources, item.source.id.as_str())
            && among(&wanted.languages, &item.language)
            && wanted.kind.as_deref().is_none_or(|kind| kind == word(item.kind))
            && (!wanted.hide_duplicates || item.verdict.duplicate_of.is_none())
            && wanted.urgency.is_none_or(|most| i16::from(item.urgency) <= most)
            && wanted
                .topics
                .as_ref()
                .is_none_or(|codes| item.subjects.iter().any(|t| codes.contains(&t.code)))
            && wanted.entity.as_ref().is_none_or(|id| item.entities.iter().any(|e| e.id == *id))
            && wanted.place.as_ref().is_none_or(|id| places().any(|place| place.id == *id))
            && wanted.near.as_ref().is_none_or(|circle| places().any(|place| within(circle, place)))
    }
}

/// As the parameter `kind` says it.
fn word(kind: CopyKind) -> &'static str {
    match kind {
        CopyKind::News => "news",
        CopyKind::Planning => "planning",
        CopyKind::Roundup => "roundup",
        CopyKind::NotArticle => "not_article",
    }
}

/// Haversine formula.
fn within(circle: &Circle, place: &Place) -> bool {
    let half = |a: f64, b: f64| ((a - b).to_radians() / 2.0).sin().powi(2);
    let parallels = circle.lat.to_radians().cos() * place.lat.to_radians().cos();
    let chord = half(circle.lat, place.lat) + parallels * half(circle.lon, place.lon);
    2.0 * EARTH_KM * chord.clamp(0.0, 1.0).sqrt().asin() <= circle.km
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = include_str!("../../../shared/contract/tests/golden/item.v1.minimal.json");

    fn item() -> Item {
        let mut item: Item = serde_json::from_str(MINIMAL).unwrap();
        (item.language, item.urgency) = ("es".to_owned(), 3);
        item.places = vec![Place {
            id: "geo:3117735".to_owned(),
            name: "Madrid".to_owned(),
            country: "ES".to_owned(),
            lat: 40.4165,
            lon: -3.7026,
            time_zone: None,
        }];
        item
    }

    fn takes(query: &str) -> bool {
        let query: StreamQuery = serde_urlencoded(query);
        Wanted::read(query).unwrap().takes(&item())
    }

    fn serde_urlencoded(query: &str) -> StreamQuery {
        let uri = format!("/?{query}").parse().unwrap();
        axum::extract::Query::try_from_uri(&uri).unwrap().0
    }

    #[test]
    fn an_item_answers_what_is_asked_of_it() {
        for (query, expected) in [
            ("", true),
            ("language=fr,es&kind=news&urgency=", true),
            ("language=fr", false),
            ("kind=planning", false),
            ("urgency=3", true),
            ("urgency=2", false),
            ("topic=medtop:04000000", false),
            ("entity=ent:PER:nobody", false),
            ("place=geo:3117735", true),
            ("place=geo:1", false),
            ("near=40.9,-3.7,60", true),
            ("near=40.9,-3.7,50", false),
            ("duplicates=false", true),
        ] {
            assert_eq!(takes(query), expected, "{query}");
        }
        let wrong = |query| Wanted::read(serde_urlencoded(query)).is_err();
        assert!(wrong("urgency=10") && wrong("near=here") && wrong("kind=gossip") && wrong("duplicates=no"));
    }

    #[test]
    fn a_sort_of_copy_is_called_as_in_the_message() {
        for kind in [CopyKind::News, CopyKind::Planning, CopyKind::Roundup, CopyKind::NotArticle] {
            assert_eq!(serde_json::to_value(kind).unwrap(), word(kind));
        }
    }

    #[test]
    fn a_circle_goes_over_the_date_line() {
        let circle = Circle { lat: 0.0, lon: 179.9, km: 30.0 };
        let place = |lon| Place { lat: 0.0, lon, ..item().places.remove(0) };
        assert!(within(&circle, &place(-179.9)) && !within(&circle, &place(-179.0)));
    }
}
