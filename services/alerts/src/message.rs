//! What is sent.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Serialize;
use wiredesk_contract::{Item, Timestamp};
use wiredesk_net::Request;
use wiredesk_store::alert::Due;

use crate::signature::sign;

#[derive(Serialize)]
struct Message<'a> {
    r#type: &'static str,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    alert: Alert<'a>,
    item: &'a Item,
}

#[derive(Serialize)]
struct Alert<'a> {
    id: &'a str,
    name: &'a str,
}

/// The request that tells an alert's address of an item; a sentence where there can be none.
pub fn request(alert: &Due, item: &Item, now: Timestamp) -> Result<Request, String> {
    let message = Message {
        r#type: "wiredesk.alert",
        timestamp: now,
        data: Data { alert: Alert { id: &alert.id, name: &alert.name }, item },
    };
    let body = serde_json::to_vec(&message).map_err(|error| error.to_string())?;
    // The same at every try, so that a receiver knows what it has.
    let id = format!("{}.{}.{}", alert.id, item.item_id, item.version);
    let signature = sign(&alert.secret, &id, now.timestamp(), &body)
        .ok_or("its key is no base64; remove the alert and make it anew")?;
    let headers = BTreeMap::from([
        ("webhook-id".to_owned(), id),
        ("webhook-timestamp".to_owned(), now.timestamp().to_string()),
        ("webhook-signature".to_owned(), signature),
    ]);
    Ok(Request { url: alert.url.clone(), json: Some(Bytes::from(body)), headers, ..Request::default() })
}
