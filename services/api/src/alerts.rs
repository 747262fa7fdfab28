//! `GET`, `POST /v1/alerts` and `DELETE /v1/alerts/{id}`: saved searches whose finds the service alerts sends to an address, signed.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgPool;
use url::Url;
use wiredesk_contract::Timestamp;
use wiredesk_contract::time::wall_clock;
use wiredesk_store::alert::{self as table, NewAlert};
use wiredesk_store::audit_log;
use wiredesk_store::read::ItemFilter;

use crate::admin::{body, entry, why};
use crate::auth::Admin;
use crate::error::{ApiError, Wrong};
use crate::extract::{Id, text};
use crate::items::ListQuery;

/// What a key begins with where people see it, by Standard Webhooks.
const PREFIX: &str = "whsec_";
/// Saved searches at most: each is asked every second.
const MOST: usize = 1_000;

/// A saved search as it is asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// What people call it.
    pub name: String,
    /// Where to: an address by http or https.
    pub url: String,
    /// Parameters of `GET /v1/items`, those of pages and forms left out.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
}

/// All saved searches.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AlertList {
    /// The searches, oldest first.
    pub alerts: Vec<Alert>,
}

/// A saved search. Neither its key nor its address is shown: both may let somebody in.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Alert {
    /// Id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its conditions, as `GET /v1/items` takes them.
    pub query: BTreeMap<String, String>,
    /// Host of where it goes.
    pub host: String,
    /// Who made it.
    pub actor: String,
    /// When.
    pub created: Timestamp,
    /// Is it sent? Not any more where the address said that it is gone.
    pub active: bool,
    /// Failed tries of the item that is next.
    pub failures: i32,
    /// What went wrong with the last one.
    pub last_error: Option<String>,
    /// Items that were sent.
    pub delivered: i64,
    /// When the last one was.
    pub last_delivered: Option<Timestamp>,
    /// Items that were given up after all their tries.
    pub given_up: i64,
}

/// A saved search that was just made.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NewAlertAnswer {
    /// Id.
    pub id: String,
    /// The key of the signatures, shown this once.
    pub secret: String,
}

/// Lists the saved searches.
///
/// # Errors
/// [`ApiError`].
pub async fn list(_admin: Admin, State(db): State<PgPool>) -> Result<Json<AlertList>, ApiError> {
    Ok(Json(AlertList { alerts: all(&db).await? }))
}

/// The same, for the API and the web page alike.
///
/// # Errors
/// [`ApiError`].
pub async fn all(db: &PgPool) -> Result<Vec<Alert>, ApiError> {
    let shown = |row: table::Shown| Alert {
        id: row.id,
        name: row.name,
        query: serde_json::from_value(row.query).unwrap_or_default(),
        host: row.host,
        actor: row.actor,
        created: row.created,
        active: row.active,
        failures: row.failures,
        last_error: row.last_error,
        delivered: row.delivered,
        last_delivered: row.last_delivered,
        given_up: row.given_up,
    };
    Ok(table::list(db).await?.into_iter().map(shown).collect())
}

/// Makes a saved search.
///
/// # Errors
/// [`ApiError`].
pub async fn create(
    admin: Admin,
    State(db): State<PgPool>,
    headers: HeaderMap,
    given: Bytes,
) -> Result<(StatusCode, Json<NewAlertAnswer>), ApiError> {
    let wish: Wish = body(&headers, &given)?;
    Ok((StatusCode::CREATED, Json(make(&db, admin, wish).await?)))
}

/// The same, for the API and the web page alike.
///
/// # Errors
/// [`ApiError`].
pub async fn make(db: &PgPool, admin: Admin, wish: Wish) -> Result<NewAlertAnswer, ApiError> {
    text("name", &wish.name, 200)?;
    let name = wish.name.trim();
    if name.is_empty() {
        return Err(Wrong::NoName.into());
    }
    let host = host(&wish.url)?;
    let filter = filter(&wish.query)?;
    if table::list(db).await?.len() >= MOST {
        return Err(Wrong::TooManyAlerts(MOST).into());
    }
    let id = new_id();
    // A key of 256 bits.
    let secret = STANDARD.encode(rand::rng().random::<[u8; 32]>());
    let alert = NewAlert {
        id: id.clone(),
        name: name.to_owned(),
        query: json!(wish.query),
        filter,
        url: wish.url,
        host: host.clone(),
        secret: secret.clone(),
        actor: admin.actor.clone(),
        created: wall_clock(),
    };
    let mut tx = db.begin().await?;
    table::insert(&mut *tx, &alert).await?;
    let mut row = entry(admin, "alert.create", &id, String::new());
    row.detail = json!({"by": "api", "name": name, "host": host, "query": wish.query});
    audit_log::insert(&mut *tx, &row).await?;
    tx.commit().await?;
    Ok(NewAlertAnswer { id, secret: format!("{PREFIX}{secret}") })
}

/// An id of letters and digits that nothing has yet.
pub(crate) fn new_id() -> String {
    let mut random = rand::rng();
    (0..12).map(|_| char::from(random.sample(rand::distr::Alphanumeric))).collect()
}

/// Forgets a saved search.
///
/// # Errors
/// [`ApiError`].
pub async fn remove(
    admin: Admin,
    State(db): State<PgPool>,
    Id(id): Id,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    let reason = why(&headers, &body)?;
    forget(&db, admin, &id, reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The same, for the API and the web page alike.
///
/// # Errors
/// [`ApiError::NotFound`] where there is none.
pub async fn forget(db: &PgPool, admin: Admin, id: &str, reason: String) -> Result<(), ApiError> {
    let mut tx = db.begin().await?;
    if !table::remove(&mut *tx, id).await? {
        return Err(ApiError::NotFound { what: "alert", id: id.to_owned() });
    }
    audit_log::insert(&mut *tx, &entry(admin, "alert.remove", id, reason)).await?;
    tx.commit().await?;
    Ok(())
}

/// The host of an address that alerts may be sent to. Whether it may be reached is seen when it is: names lead elsewhere tomorrow.
fn host(address: &str) -> Result<String, ApiError> {
    text("url", address, 2000)?;
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let host = url.as_ref().and_then(Url::host_str);
    host.map(str::to_owned).ok_or_else(|| Wrong::Address.into())
}

fn filter(query: &BTreeMap<String, String>) -> Result<ItemFilter, ApiError> {
    const PAGES: [&str; 7] = ["limit", "cursor", "changed_after", "format", "since", "until", "story"];
    if let Some(name) = PAGES.into_iter().find(|name| query.contains_key(*name)) {
        return Err(ApiError::BadRequest(format!("query: {name} is no condition of an alert; leave it out")));
    }
    let query: ListQuery = serde_json::from_value(json!(query))
        .map_err(|error| ApiError::BadRequest(format!("query cannot be read: {error}")))?;
    query.filter(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_taken_and_only_conditions() {
        assert_eq!(host("https://user:pass@desk.example:8443/hook?k=1").unwrap(), "desk.example");
        for wrong in [
            "",
            "desk.example/hook",
            "ftp://desk.example/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://",
        ] {
            assert!(host(wrong).is_err(), "{wrong}");
        }
        let of = |pairs: &[(&str, &str)]| {
            filter(&pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
        };
        assert_eq!(of(&[("language", "es,ca"), ("urgency", "3")]).unwrap().urgency, Some(3));
        for wrong in [("since", "2026-01-01T00:00:00Z"), ("colour", "red"), ("urgency", "12"), ("limit", "3")]
        {
            assert!(of(&[wrong]).is_err(), "{wrong:?}");
        }
        // What is kept for the service is read back the same.
        let kept = of(&[("near", "40.4,-3.7,50"), ("q", "agua OR luz")]).unwrap();
        let read: ItemFilter = serde_json::from_value(serde_json::to_value(&kept).unwrap()).unwrap();
        assert_eq!(read, kept);
    }
}
