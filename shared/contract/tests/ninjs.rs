//! Items as ninjs 3.1, validated against IPTC's own schema where it is at hand.

// Helpers of tests are tests too.
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use wiredesk_contract::ninjs::to_ninjs;
use wiredesk_contract::schema::sorted;
use wiredesk_contract::{Item, decode};

fn golden(name: &str) -> Item {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    decode(&std::fs::read(path).expect("a golden item")).expect("a golden item")
}

fn standards() -> Option<PathBuf> {
    let shared = std::env::var_os("WIREDESK_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let folder = shared.join("data/standards/ninjs");
    folder.is_dir().then_some(folder)
}

/// The ninjs 3.1 validator. It refers to the GeoJSON schema on the web: a stand-in that knows geometries is registered.
fn validator(folder: &Path) -> jsonschema::Validator {
    let text = std::fs::read(folder.join("ninjs-schema_3.1.json")).expect("the ninjs schema");
    let schema: Value = serde_json::from_slice(&text).expect("the ninjs schema is JSON");
    let geo = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": { "type": { "enum": ["Point", "Polygon", "MultiPolygon"] }, "coordinates": { "type": "array" } },
    });
    let registry = jsonschema::Registry::new()
        .add("https://geojson.org/schema/GeoJSON.json", jsonschema::Draft::Draft202012.create_resource(geo))
        .and_then(|registry| registry.prepare())
        .expect("a registry");
    jsonschema::options()
        .with_registry(&registry)
        .should_validate_formats(true)
        .build(&schema)
        .expect("the ninjs schema")
}

/// Golden items and the edges that the schema is strict about.
fn items() -> Vec<(&'static str, Item)> {
    let full = golden("item.v1.full.json");
    let mut odd_links = full.clone();
    odd_links.url = Some("https://wire.example.test/a b|c.html".to_owned());
    odd_links.media[0].url = "/relative.jpg".to_owned();
    odd_links.urgency = 0;
    let mut killed = golden("item.v1.minimal.json");
    killed.pub_status = wiredesk_contract::status::PubStatus::Canceled;
    killed.headlines.clear();
    vec![
        ("minimal", golden("item.v1.minimal.json")),
        ("full", full),
        ("odd links", odd_links),
        ("killed", killed),
    ]
}

#[test]
fn every_item_is_valid_ninjs() {
    let Some(folder) = standards() else {
        println!("SKIP: data/standards/ninjs is not there; set WIREDESK_SHARED");
        return;
    };
    let validator = validator(&folder);
    // The validator is strict: ninjs knows no field but its own.
    assert!(!validator.is_valid(&json!({ "uri": "urn:x:1", "duplicate_of": "y" })));
    for (name, item) in items() {
        let document = to_ninjs(&item);
        let errors: Vec<String> =
            validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}\n{document:#}");
    }
}

#[test]
fn nothing_that_ninjs_has_a_place_for_is_lost() {
    insta::assert_json_snapshot!(sorted(to_ninjs(&golden("item.v1.full.json"))), @r#"
    {
      "altIds": [
        {
          "role": "guid",
          "value": "urn:sample:es:1"
        },
        {
          "role": "link",
          "value": "https://wire.example.test/nacional/puente-viejo-20260215093000.html"
        }
      ],
      "associations": [
        {
          "name": "duplicateOf",
          "rel": "expanded",
          "type": "text",
          "uri": "urn:wiredesk:item:10ec4f80f7c54f52a9bc96671c1f31d2"
        },
        {
          "name": "syndicatedFrom",
          "rel": "syndicated",
          "type": "text",
          "uri": "urn:wiredesk:item:84d6bc891896add1139c7b2e1328c781"
        },
        {
          "name": "carriedBy",
          "rel": "syndication",
          "type": "text",
          "uri": "urn:wiredesk:item:5b1f0a5c0d2e4f60718293a4b5c6d7e8"
        },
        {
          "name": "repeats",
          "rel": "repeats",
          "type": "text",
          "uri": "urn:wiredesk:item:cb27516852678392cc0dd13c7235556e"
        },
        {
          "by": "Lucía Ferrán / Agencia de Muestra",
          "descriptions": [
            {
              "contentType": "text/plain",
              "role": "caption",
              "value": "El puente viejo de Almares, cerrado al tráfico"
            }
          ],
          "name": "media-1",
          "rel": "illustrates",
          "renditions": [
            {
              "contentType": "image/jpeg",
              "href": "https://wire.example.test/fotos/puente.jpg",
              "name": "main"
            }
          ],
          "type": "picture",
          "uri": "https://wire.example.test/fotos/puente.jpg"
        }
      ],
      "bodies": [
        {
          "charCount": 198,
          "contentType": "text/plain",
          "role": "main",
          "value": "El Ayuntamiento de Almares reabrirá el puente viejo el próximo lunes tras seis meses de obras.\n«Hemos cumplido el plazo», ha dicho la alcaldesa, Marta Quiroga, en una visita a las obras en Zaragoza.",
          "wordCount": 34
        },
        {
          "charCount": 198,
          "contentType": "text/html",
          "role": "main",
          "value": "<p>El Ayuntamiento de Almares reabrirá el puente viejo el próximo lunes tras seis meses de obras.</p><p>«Hemos cumplido el plazo», ha dicho la alcaldesa, Marta Quiroga, en una visita a las obras en Zaragoza.</p>",
          "wordCount": 34
        }
      ],
      "by": "Por Lucía Ferrán",
      "contentCreated": "2026-02-15T09:12:00Z",
      "copyrightHolder": "Agencia de Muestra",
      "copyrightNotice": "© 2026 Agencia de Muestra",
      "descriptions": [
        {
          "contentType": "text/plain",
          "role": "lead",
          "value": "El Ayuntamiento de Almares reabrirá el puente viejo el próximo lunes tras seis meses de obras."
        },
        {
          "contentType": "text/plain",
          "role": "deck",
          "value": "Las obras han durado seis meses"
        }
      ],
      "edNote": "Embargado hasta las 13.00 horas.",
      "embargoedUntil": "2026-02-15T12:00:00Z",
      "firstCreated": "2026-02-15T09:15:00Z",
      "headlines": [
        {
          "contentType": "text/plain",
          "role": "main",
          "value": "Almares reabre el puente viejo"
        }
      ],
      "infoSources": [
        {
          "name": "Agencia de Muestra",
          "role": "wire"
        },
        {
          "name": "Agencia de Muestra",
          "role": "agency"
        }
      ],
      "language": "es",
      "located": "Almares",
      "organisations": [
        {
          "literal": "ent:ORG:ayuntamiento de almares",
          "name": "Ayuntamiento de Almares",
          "rel": "mentions"
        }
      ],
      "people": [
        {
          "literal": "ent:PER:marta quiroga",
          "name": "Marta Quiroga",
          "rel": "mentions"
        }
      ],
      "places": [
        {
          "geoJSON": {
            "coordinates": [
              -0.87734,
              41.65606
            ],
            "type": "Point"
          },
          "name": "Zaragoza",
          "rel": "located",
          "uri": "https://sws.geonames.org/3104324/"
        }
      ],
      "pubStatus": "withheld",
      "renditions": [
        {
          "contentType": "text/html",
          "href": "https://wire.example.test/nacional/puente-viejo-20260215093000.html",
          "name": "web"
        }
      ],
      "representationType": "full",
      "slugline": "PUENTE ALMARES (AMPLIACIÓN)",
      "standard": {
        "name": "ninjs",
        "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
        "version": "3.1"
      },
      "subjects": [
        {
          "confidence": 80,
          "name": "economy, business and finance",
          "rel": "about",
          "uri": "http://cv.iptc.org/newscodes/mediatopic/04000000"
        },
        {
          "confidence": 50,
          "literal": "source:Infraestructuras",
          "name": "Infraestructuras",
          "rel": "about"
        }
      ],
      "type": "text",
      "urgency": 4,
      "uri": "urn:wiredesk:item:541ba032581a3cd3723c5b305de37e76",
      "usageTerms": "Prohibida la reproducción sin permiso.",
      "version": "2",
      "versionCreated": "2026-02-15T09:30:01.500Z"
    }
    "#);
}

#[test]
fn an_item_without_anything_is_still_a_document() {
    insta::assert_json_snapshot!(sorted(to_ninjs(&golden("item.v1.minimal.json"))), @r#"
    {
      "firstCreated": "2026-02-15T09:30:01Z",
      "headlines": [
        {
          "contentType": "text/plain",
          "role": "main",
          "value": "Harbour tunnel to close for a week"
        }
      ],
      "language": "und",
      "pubStatus": "usable",
      "representationType": "partial",
      "standard": {
        "name": "ninjs",
        "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
        "version": "3.1"
      },
      "type": "text",
      "urgency": 5,
      "uri": "urn:wiredesk:item:cb27516852678392cc0dd13c7235556e",
      "version": "1",
      "versionCreated": "2026-02-15T09:30:01Z"
    }
    "#);
}
