//! Items by what people look for: words in the forms of a language, topics, names, places.
use crate::desk::{Desk, headlines, insert, item};
use serde_json::Value;
use wiredesk_api::Config;
use wiredesk_contract::enrichment::{EventPlace, Place, Topic};
use wiredesk_contract::item::{Body, RoleText};
use wiredesk_contract::{Item, Timestamp};
use wiredesk_store::read::{self, ItemFilter, Words};

fn with_body(mut item: Item, lead: &str, text: &str) -> Item {
    item.descriptions = vec![RoleText { role: "lead".to_owned(), value: lead.to_owned() }];
    item.bodies = vec![Body {
        role: "main".to_owned(),
        content_type: "text/plain".to_owned(),
        char_count: text.chars().count() as u32,
        word_count: text.split_whitespace().count() as u32,
        value: text.to_owned(),
    }];
    item
}

fn place(id: &str, name: &str, country: &str, lat: f64, lon: f64) -> Place {
    Place { id: id.to_owned(), name: name.to_owned(), country: country.to_owned(), lat, lon, time_zone: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_found_in_the_forms_of_their_language() {
    let Some(desk) = Desk::open().await else { return };
    for one in [
        with_body(
            item(1, "es", "La Diputación aprueba las ayudas"),
            "Habrá más plazas de guardería.",
            "Los alcaldes pidieron autobuses.",
        ),
        with_body(
            item(2, "en", "Council approves new buses"),
            "Fares will rise.",
            "The mayors had asked for them.",
        ),
        with_body(
            item(3, "de", "Stadtrat beschließt neue Häuser"),
            "",
            "Die Bürgermeister hatten sie gefordert.",
        ),
        with_body(item(4, "ca", "La col·lecció torna al museu"), "", "Les obres arribaran dilluns."),
        item(5, "ru", "Мэр открыл мост"),
    ] {
        insert(desk.pg.pool(), &one).await;
    }
    let found = async |q: &str| {
        let (status, list) = desk.get(&format!("/v1/items?q={}", q.replace(' ', "+"))).await;
        assert_eq!(status, 200, "{q}: {list}");
        assert!(list["alike"].is_null(), "{q}: {list}");
        headlines(&list).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    for (q, headline) in [
        // Another form, with no accent, in the headline, the lead, the body.
        ("diputacion aprueban", "La Diputación aprueba las ayudas"),
        ("guarderías", "La Diputación aprueba las ayudas"),
        ("alcalde autobús", "La Diputación aprueba las ayudas"),
        ("mayor approve", "Council approves new buses"),
        ("haus", "Stadtrat beschließt neue Häuser"),
        ("col·leccio", "La col·lecció torna al museu"),
        ("мэр", "Мэр открыл мост"),
        ("\"new buses\"", "Council approves new buses"),
    ] {
        assert_eq!(found(q).await, [headline], "{q}");
    }
    assert_eq!(found("mayor or diputación").await.len(), 2);
    assert_eq!(headlines(&desk.get("/v1/items?q=mayors+-fares").await.1), [""; 0]);
    // A word of another language is none of this one's, and none that is mistyped.
    insert(desk.pg.pool(), &item(6, "es", "Mayor de la Guardia Civil")).await;
    assert_eq!(headlines(&desk.get("/v1/items?q=mayors&language=es").await.1), [""; 0]);

    // Nothing has the word: headlines that are written much like it, but where it stands between quotation marks.
    assert_eq!(headlines(&desk.get("/v1/items?q=%22Diputacin%22").await.1), [""; 0]);
    for typo in ["Diputacin", "Diputasion", "Diputasion&language=es"] {
        let (_, alike) = desk.get(&format!("/v1/items?q={typo}")).await;
        assert_eq!(
            (headlines(&alike), &alike["alike"]),
            (vec!["La Diputación aprueba las ayudas"], &Value::Bool(true)),
            "{typo}"
        );
    }
    let (_, none) = desk.get("/v1/items?q=xylophon").await;
    assert!(headlines(&none).is_empty() && none["alike"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_edit_takes_out_is_found_no_more() {
    let Some(desk) = Desk::open().await else { return };
    let mut one = with_body(item(1, "es", "Sube el paro"), "", "Lo dijo el ministro.");
    one.places = vec![place("geo:3117735", "Madrid", "ES", 40.4165, -3.70256)];
    insert(desk.pg.pool(), &one).await;
    assert_eq!(headlines(&desk.get("/v1/items?q=ministro").await.1).len(), 1);
    assert_eq!(headlines(&desk.get("/v1/items?place=geo:3117735").await.1).len(), 1);
    one.version = 2;
    one.bodies.clear();
    one.places.clear();
    insert(desk.pg.pool(), &one).await;
    assert_eq!(headlines(&desk.get("/v1/items?q=ministro").await.1).len(), 0);
    assert_eq!(headlines(&desk.get("/v1/items?place=geo:3117735").await.1).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_names_places_and_urgency_filter() {
    let Some(desk) = Desk::open().await else { return };
    let mut fire = item(1, "es", "Incendio en Móstoles");
    fire.urgency = 1;
    fire.event_place = Some(EventPlace {
        place: place("geo:3116025", "Móstoles", "ES", 40.32234, -3.86496),
        confidence: 0.9,
        evidence: "both".to_owned(),
    });
    fire.subjects = vec![Topic {
        code: "medtop:03000000".to_owned(),
        name: "disaster, accident and emergency incident".to_owned(),
        label: None,
        label_unofficial: false,
        level: 1,
        score: 0.9,
        method: "model".to_owned(),
        wikidata: None,
    }];
    let mut cup = item(2, "en", "Cup final in Suva");
    cup.places = vec![place("geo:2198148", "Suva", "FJ", -18.14161, 178.44149)];
    let mut pole = item(3, "en", "Station at the pole");
    pole.places = vec![place("geo:6696480", "South Pole", "AQ", -89.99, 0.0)];
    for one in [&fire, &cup, &pole] {
        insert(desk.pg.pool(), one).await;
    }
    sqlx::query(
        "INSERT INTO item_entity (item_id, entity_id, kind, name, mentions, salience, confidence) VALUES ($1, 'ent:ORG:bomberos', 'ORG', 'Bomberos', 2, .5, .9)",
    )
    .bind(fire.item_id.as_str())
    .execute(desk.pg.pool())
    .await
    .unwrap();

    for (query, found) in [
        ("topic=medtop:03000000,medtop:15000000", vec!["Incendio en Móstoles"]),
        ("topic=medtop:15000000", vec![]),
        ("entity=ent:ORG:bomberos", vec!["Incendio en Móstoles"]),
        ("entity=ent:ORG:otros", vec![]),
        ("place=geo:2198148", vec!["Cup final in Suva"]),
        ("urgency=3", vec!["Incendio en Móstoles"]),
        // Madrid's centre is 17 km from Móstoles.
        ("near=40.4168,-3.7038,18", vec!["Incendio en Móstoles"]),
        ("near=40.4168,-3.7038,16", vec![]),
        // Over the meridian where the date changes: from 179.9 W to Suva it is some 175 km.
        ("near=-18.14,-179.9,180", vec!["Cup final in Suva"]),
        ("near=-18.14,-179.9,170", vec![]),
        // A circle that holds a pole holds every meridian.
        ("near=-89.5,170,120", vec!["Station at the pole"]),
        ("near=0,0,20100", vec!["Station at the pole", "Cup final in Suva", "Incendio en Móstoles"]),
    ] {
        let (status, list) = desk.get(&format!("/v1/items?{query}")).await;
        assert_eq!(status, 200, "{query}: {list}");
        assert_eq!(headlines(&list), found, "{query}");
    }
    for query in ["near=40,-3", "near=91,0,1", "near=1,1,-1", "near=NaN,0,1", "urgency=0", "urgency=x"] {
        let (status, problem) = desk.get(&format!("/v1/items?{query}")).await;
        assert_eq!(status, 400, "{query}");
        assert!(problem["detail"].as_str().unwrap().contains("say "), "{problem}");
    }
}

/// Twelve thousand items, half of them within seventeen hours, the others two hours apart, back over more than a year. Every 700th has
/// "faro viejo", every third has these words the other way round, and the oldest alone has "telégrafo".
async fn insert_many(db: &sqlx::PgPool) {
    insert(db, &item(1, "es", "Nada nuevo")).await;
    sqlx::query(
        "INSERT INTO item (item_id, version, revision, content_hash, source_id, language, kind, urgency, pub_status,
            first_created, version_created, fetched_at, headline, cluster, doc)
         SELECT its.id, version, revision, content_hash, source_id, language, kind, urgency, pub_status,
            its.at, its.at, its.at, its.headline, its.id,
            jsonb_set(jsonb_set(doc, '{item_id}', to_jsonb(its.id)), '{headlines,0,value}', to_jsonb(its.headline))
         FROM item, generate_series(1, 11999) AS n, LATERAL (
             SELECT md5(n::text) AS id,
                    version_created - least(n, 6000) * interval '10 seconds' - greatest(n - 6000, 0) * interval '2 hours' AS at,
                    CASE WHEN n = 11999 THEN 'El telégrafo' WHEN n % 700 = 0 THEN 'El faro viejo' WHEN n % 3 = 0 THEN 'Viejo es el faro'
                         ELSE 'Nada nuevo' END AS headline
         ) AS its",
    )
    .execute(db)
    .await
    .unwrap();
    // As the server does by itself: how many there are decides the way.
    sqlx::query("ANALYZE item").execute(db).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_looked_for_part_by_part_and_none_is_left_out() {
    // No time at all: of each page the newest few thousand items alone are looked through.
    let Some(desk) = Desk::open_with(Config { search_millis: 0, ..Config::default() }).await else { return };
    insert_many(desk.pg.pool()).await;
    let since = item(1, "es", "").version_created - chrono::TimeDelta::days(100);
    let since = since.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    for (q, like, more, since) in [
        ("\"faro viejo\"", "El faro viejo", "", None),
        ("faro", "%faro%", "", None),
        ("telegrafo", "El telégrafo", "", None),
        ("\"faro viejo\"", "El faro viejo", "&since=", Some(&since)),
        ("\"faro viejo\"", "El faro viejo", "&language=es&kind=news", None),
    ] {
        let expected: Vec<String> = sqlx::query_scalar(
            "SELECT item_id FROM item WHERE headline LIKE $1 AND ($2::timestamptz IS NULL OR version_created >= $2)
             ORDER BY version_created DESC, item_id DESC",
        )
        .bind(like)
        .bind(since.map(|since| since.parse::<Timestamp>().unwrap()))
        .fetch_all(desk.pg.pool())
        .await
        .unwrap();
        assert!(!expected.is_empty(), "{q}");

        // By the page, to the end.
        let path = format!(
            "/v1/items?limit=200&q={}{more}{}",
            q.replace(' ', "+").replace('"', "%22"),
            since.map_or("", |s| s)
        );
        let (mut found, mut short, mut cursor) = (Vec::new(), 0, String::new());
        loop {
            let (status, list) = desk.get(&format!("{path}&cursor={cursor}")).await;
            assert_eq!((status, &list["alike"]), (200, &Value::Null), "{q}: {list}");
            let ids: Vec<String> = list["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["item_id"].as_str().unwrap().to_owned())
                .collect();
            let Some(next) = list["next"].as_str() else {
                found.extend(ids);
                break;
            };
            short += usize::from(ids.len() < 200);
            found.extend(ids);
            cursor = next.to_owned();
        }
        assert_eq!(found, expected, "{q}{more}");
        assert_eq!(
            short > 0,
            like != "%faro%",
            "{q}{more}: {short} pages are short of their limit and say how to go on"
        );

        // At once, for as long as it takes.
        let filter = ItemFilter {
            words: Some(Words::Exact(q.to_owned())),
            since: since.map(|since| since.parse().unwrap()),
            limit: 10_000,
            ..ItemFilter::default()
        };
        let whole = read::newest_or_alike(desk.pg.pool(), None, &filter, None).await.unwrap();
        assert_eq!(whole.rows.iter().map(|row| row.item_id.clone()).collect::<Vec<_>>(), expected, "{q}");
        assert!(whole.next.is_none() && !whole.alike);
        let first = ItemFilter { limit: 1, ..filter };
        let first = read::newest_or_alike(desk.pg.pool(), None, &first, None).await.unwrap();
        assert_eq!(first.rows[0].item_id, expected[0]);
        assert_eq!(first.next.map(|(_, id)| id).as_ref(), Some(&expected[0]));
    }
    // Before an instant, from there on backwards.
    let before: Vec<String> = sqlx::query_scalar(
        "SELECT item_id FROM item WHERE headline = 'El faro viejo' AND version_created < $1
         ORDER BY version_created DESC",
    )
    .bind(since.parse::<Timestamp>().unwrap())
    .fetch_all(desk.pg.pool())
    .await
    .unwrap();
    let (_, list) = desk.get(&format!("/v1/items?q=%22faro+viejo%22&limit=3&until={since}")).await;
    let ids: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|one| one["item_id"].as_str().unwrap()).collect();
    assert_eq!(ids, &before[..3]);
    assert_eq!(headlines(&desk.get(&format!("/v1/items?since={since}&until={since}")).await.1), [""; 0]);
    // To a person it is said that there is more to look through, and not that there is nothing.
    let (_, page) = desk.text("/?q=telegrafo").await;
    assert!(
        page.contains("Older ones have not been looked through yet") && page.contains("cursor="),
        "{page}"
    );
    let (_, page) = desk.text("/?q=%22viejo+nuevo%22&since=2020-01-01T00:00:00Z").await;
    assert!(page.contains("Older ones have not been looked through yet"), "{page}");
}
