//! Items on a map: GeoJSON features (RFC 7946).

use serde_json::{Value, json};

use crate::item::Item;

/// The item as a feature at the place where its story happens, else at its dateline's; `None` where neither is known.
pub fn feature(item: &Item) -> Option<Value> {
    let (place, basis, confidence) = match (&item.event_place, &item.dateline_place) {
        (Some(event), _) => (&event.place, "event", json!(event.confidence)),
        (None, Some(place)) => (place, "dateline", Value::Null),
        (None, None) => return None,
    };
    Some(json!({
        "type": "Feature",
        "id": item.uri,
        "geometry": { "type": "Point", "coordinates": [place.lon, place.lat] },
        "properties": {
            "headline": item.headline(),
            "language": item.language,
            "source": item.source.id,
            "published": item.content_created,
            "version": item.version,
            "place": place.name,
            "country": place.country,
            "geonames": place.id,
            "basis": basis,
            "confidence": confidence,
            "topics": item.subjects.iter().filter(|topic| topic.level == 1).map(|topic| &topic.code).collect::<Vec<_>>(),
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_goes_before_the_dateline() {
        let golden = include_str!("../tests/golden/item.v1.full.json");
        let mut item: Item = serde_json::from_str(golden).unwrap();
        let found = feature(&item).unwrap();
        assert_eq!(found["geometry"]["coordinates"], json!([-0.87734, 41.65606]));
        assert_eq!(
            (&found["properties"]["basis"], &found["properties"]["place"]),
            (&json!("event"), &json!("Zaragoza"))
        );
        item.event_place = None;
        assert_eq!(feature(&item).map(|f| f["properties"]["basis"].clone()), Some(json!("dateline")));
        item.dateline_place = None;
        assert_eq!(feature(&item), None);
    }
}
