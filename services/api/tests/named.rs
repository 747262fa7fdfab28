//! Whom and what items name, and what the cleaner did to them.
use crate::desk::{Desk, insert, item};
use serde_json::{Value, json};
use sqlx::PgPool;
use wiredesk_contract::source::Rights;
use wiredesk_contract::{Item, Timestamp};

async fn names(db: &PgPool, item: &Item, id: &str, kind: &str, name: &str) {
    if kind != "LOC" {
        sqlx::query("INSERT INTO entity (entity_id, kind, name, first_seen) VALUES ($1, $2, $3, now()) ON CONFLICT DO NOTHING")
            .bind(id)
            .bind(kind)
            .bind(name)
            .execute(db)
            .await
            .unwrap();
        sqlx::query("INSERT INTO entity_name (entity_id, language, name, first_seen) VALUES ($1, $2, $3, now()) ON CONFLICT DO NOTHING")
            .bind(id)
            .bind(&item.language)
            .bind(name)
            .execute(db)
            .await
            .unwrap();
    }
    sqlx::query("INSERT INTO item_entity (item_id, entity_id, kind, name, mentions, salience, confidence) VALUES ($1, $2, $3, $4, 1, .5, .9)")
        .bind(item.item_id.as_str())
        .bind(id)
        .bind(kind)
        .bind(name)
        .execute(db)
        .await
        .unwrap();
}

/// An item of now: the list is of the last day.
fn fresh(n: u32, language: &str) -> Item {
    let now: Timestamp = wiredesk_contract::time::wall_clock();
    let mut item = item(n, language, "Invented");
    (item.version_created, item.first_created) = (now, now);
    item
}

fn lines(list: &Value) -> Vec<(&str, i64)> {
    let all = list.as_array().unwrap();
    all.iter().map(|e| (e["id"].as_str().unwrap(), e["items"].as_i64().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn entities_are_listed_found_and_told_of() {
    let Some(desk) = Desk::open().await else { return };
    let db = desk.pg.pool();
    let (a, b, c) = (fresh(1, "es"), fresh(2, "en"), fresh(3, "es"));
    for one in [&a, &b, &c] {
        insert(db, one).await;
    }
    names(db, &a, "ent:PER:marta olmedo", "PER", "Marta Olmedo").await;
    names(db, &b, "ent:PER:m olmedo", "PER", "M. Olmedo").await;
    names(db, &c, "ent:PER:marta olmedo", "PER", "Marta Olmedo").await;
    names(db, &a, "ent:ORG:bomberos de avila", "ORG", "Bomberos de Ávila").await;
    names(db, &a, "geo:3129136", "LOC", "Ávila").await;
    let get = async |path: &str| desk.get(path).await;
    let (status, list) = get("/v1/entities").await;
    assert_eq!(status, 200, "{list}");
    assert_eq!(
        lines(&list["entities"]),
        [
            ("ent:PER:marta olmedo", 2),
            ("ent:ORG:bomberos de avila", 1),
            ("ent:PER:m olmedo", 1),
            ("geo:3129136", 1)
        ]
    );
    // Two ids of one person count once they are merged, also under the old id.
    sqlx::query(
        "UPDATE entity SET merged_into = 'ent:PER:marta olmedo' WHERE entity_id = 'ent:PER:m olmedo'",
    )
    .execute(db)
    .await
    .unwrap();
    assert_eq!(lines(&get("/v1/entities?kind=PER").await.1["entities"]), [("ent:PER:marta olmedo", 3)]);
    for (typed, found) in [
        ("olmedo", vec![("ent:PER:marta olmedo", 3)]),
        ("OLMÉDO", vec![("ent:PER:marta olmedo", 3)]),
        ("avila", vec![("ent:ORG:bomberos de avila", 1)]),
        // One or two letters are looked for where a word begins.
        ("ol", vec![("ent:PER:marta olmedo", 3)]),
        ("DE", vec![("ent:ORG:bomberos de avila", 1)]),
        ("me", vec![]),
        ("a%25a", vec![]),
        ("_", vec![]),
        ("nobody", vec![]),
    ] {
        let (status, list) = get(&format!("/v1/entities?q={typed}")).await;
        assert_eq!((status, lines(&list["entities"])), (200, found), "{typed}");
    }
    assert_eq!(lines(&get("/v1/entities?q=avila&kind=PER").await.1["entities"]), []);

    let (status, one) = get("/v1/entities/ent:PER:m%20olmedo").await;
    assert_eq!(status, 200, "{one}");
    assert_eq!((&one["id"], &one["items"]), (&json!("ent:PER:marta olmedo"), &json!(3)));
    assert_eq!(one["merged"], json!(["ent:PER:m olmedo"]));
    assert_eq!(
        one["names"],
        json!([{"language": "en", "name": "M. Olmedo"}, {"language": "es", "name": "Marta Olmedo"}])
    );
    assert_eq!(one["days"].as_array().unwrap().iter().map(|d| d["items"].as_i64().unwrap()).sum::<i64>(), 3);
    assert_eq!(lines(&one["beside"]), [("ent:ORG:bomberos de avila", 1), ("geo:3129136", 1)]);
    // A place is known by the items that name it.
    assert_eq!(get("/v1/entities/geo:3129136").await.1["name"], "Ávila");
    assert_eq!(get("/v1/entities/ent:PER:nobody").await.0, 404);
    assert_eq!(get("/v1/entities?kind=planet").await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_out_is_shown_where_it_may_be() {
    let Some(desk) = Desk::open().await else { return };
    let db = desk.pg.pool();
    let copy = json!({
        "removed": [{"text": "Compartir en redes", "reason": "share_row"}],
        "repairs": [{"kind": "bare_ampersand", "count": 2}],
        "memory_version": 7, "partial": true
    });
    for (n, rights, status) in
        [(1, Rights::FullText, "usable"), (2, Rights::Headline, "usable"), (3, Rights::FullText, "withheld")]
    {
        let mut one = item(n, "es", "Invented");
        one.source.rights = rights;
        insert(db, &one).await;
        sqlx::query("UPDATE item_version SET copy = $2, pub_status = $3 WHERE item_id = $1")
            .bind(one.item_id.as_str())
            .bind(&copy)
            .bind(status)
            .execute(db)
            .await
            .unwrap();
    }
    let path = |n: u32| format!("/v1/items/{}/cleaning", item(n, "es", "").item_id);
    let (status, full) = desk.get(&path(1)).await;
    assert_eq!(status, 200, "{full}");
    assert_eq!(full["removed"], json!([{"text": "Compartir en redes", "reason": "share_row"}]));
    assert_eq!(full["repairs"], copy["repairs"]);
    assert_eq!((&full["memory_version"], &full["partial"]), (&json!(7), &json!(true)));
    let (_, teaser) = desk.get(&path(2)).await;
    assert_eq!(teaser["removed"], json!([{"text": null, "reason": "share_row"}]));
    assert_eq!(desk.get(&path(3)).await.0, 404, "what is withheld is shown to nobody");
    assert_eq!(desk.get(&format!("{}?version=9", path(1))).await.0, 404);
}
