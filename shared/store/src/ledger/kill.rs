//! Taking an item back: its text is blanked everywhere that the ledger keeps it, a tombstone stays, and no wire brings it
//! back.

use sqlx::postgres::PgConnection;
use sqlx::types::Json;
use sqlx::{PgPool, Row};
use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{Change, Item, ItemId, Timestamp};

use super::write::{self, NewVersion};
use super::{Issued, LedgerError, VersionFacts, transaction};

/// Blanks every version of `item` before `kept`, what the outbox still holds of them, the memoised verdicts, and what
/// other items quote of it as evidence.
pub(super) async fn blank(tx: &mut PgConnection, item: &ItemId, kept: u32) -> Result<(), LedgerError> {
    // The digest of the tombstone goes beside the first one: the relay may have sent either.
    sqlx::query(
        "WITH waiting AS (
             UPDATE outbox o SET payload = t.bytes
             FROM (SELECT event_id, convert_to(ledger_tombstone(convert_from(payload, 'UTF8')::jsonb)::text, 'UTF8') AS bytes
                   FROM outbox WHERE kind = 'item' AND key = $1 AND event_id <> $2) t
             WHERE o.kind = 'item' AND o.event_id = t.event_id
             RETURNING o.event_id, t.bytes
         )
         UPDATE item_version v SET doc = ledger_tombstone(v.doc), copy = NULL, held = NULL,
             digest_blanked = coalesce((SELECT sha256(bytes) FROM waiting w
                 WHERE w.event_id = v.item_id || '/' || v.version), digest_blanked)
         WHERE v.item_id = $1 AND v.version <> $3",
    )
    .bind(item.as_str())
    .bind(Item::event_id(item, kept))
    .bind(kept.cast_signed())
    .execute(&mut *tx)
    .await?;
    forget_quotes(tx, &[item.as_str()]).await
}

/// What others keep of these items: passages that verdicts quote, and who only they name.
async fn forget_quotes(tx: &mut PgConnection, items: &[&str]) -> Result<(), LedgerError> {
    for statement in [
        "UPDATE item SET doc = jsonb_set(doc, '{evidence}', (doc -> 'evidence') - $2::text[])
         WHERE doc -> 'evidence' ->> 'compared_with' = ANY($1)",
        "UPDATE item_version SET doc = jsonb_set(doc, '{evidence}', (doc -> 'evidence') - $2::text[])
         WHERE doc -> 'evidence' ->> 'compared_with' = ANY($1)",
    ] {
        sqlx::query(statement)
            .bind(items)
            .bind(["shared", "differing_figures", "differing_names", "edits"].map(str::to_owned).to_vec())
            .execute(&mut *tx)
            .await?;
    }
    crate::verdict::blank(tx, items).await?;
    crate::register::forget(tx, items).await?;
    Ok(())
}

/// Takes every word of these items without issuing a version: what is left is that they were, whence and when.
pub(crate) async fn forget_words(tx: &mut PgConnection, items: &[&str]) -> Result<(), LedgerError> {
    for statement in [
        "UPDATE item_version SET doc = ledger_tombstone(doc), copy = NULL, held = NULL WHERE item_id = ANY($1)",
        "UPDATE item SET doc = ledger_tombstone(doc), headline = '', pub_status = 'canceled', embargoed_until = NULL,
             tx = pg_current_xact_id(), change_seq = nextval('item_change_seq') WHERE item_id = ANY($1)",
    ] {
        sqlx::query(statement).bind(items).execute(&mut *tx).await?;
    }
    forget_quotes(tx, items).await?;
    sqlx::query("DELETE FROM item_entity WHERE item_id = ANY($1)").bind(items).execute(&mut *tx).await?;
    Ok(())
}

/// What is published of a killed item: that it is killed, and the note that says so.
fn tombstone(item: Item, note: Option<String>) -> Item {
    let item = item.without_findings();
    Item {
        pub_status: PubStatus::Canceled,
        embargoed_until: None,
        headlines: Vec::new(),
        descriptions: Vec::new(),
        bodies: Vec::new(),
        by: None,
        slugline: None,
        subjects: Vec::new(),
        located: None,
        alt_ids: Vec::new(),
        ed_note: note,
        copyright_holder: None,
        copyright_notice: None,
        usage_terms: None,
        url: None,
        media: Vec::new(),
        dateline: None,
        dateline_place: None,
        markers: Vec::new(),
        developing: false,
        verdict: wiredesk_contract::item::ItemVerdict { evidence: None, ..item.verdict },
        story: None,
        categories: Vec::new(),
        enrich: wiredesk_contract::enrichment::EnrichReport::default(),
        provenance: Vec::new(),
        ..item
    }
}

/// The item as a kill by its wire publishes it: what `draft` was, and no word of it but the wire's note.
pub fn killed(draft: Item) -> Item {
    let note = draft.ed_note.clone();
    tombstone(draft, note)
}

/// Takes an item down by an operator's word, and keeps its words and addresses from coming back under another id
/// (see [`crate::takedown`]). An item that is down already stays as it is: `None`.
///
/// # Errors
/// [`LedgerError::NoItem`] where there is none; transient errors as they come.
pub async fn take_down(
    db: &PgPool,
    item: &ItemId,
    actor: &str,
    reason: &str,
    now: Timestamp,
) -> Result<Option<Issued>, LedgerError> {
    let mut tx = transaction::begin(db).await?;
    // Gives this transaction its number before the lock, so that the order of transactions can be checked.
    sqlx::query("SELECT pg_current_xact_id()").execute(&mut *tx).await?;
    super::block::add(&mut tx, item, actor, reason, now).await?;
    let known = write::lock(&mut tx, &[item.as_str()]).await?;
    let Some(known) = known.get(item) else { return Err(LedgerError::NoItem(item.clone())) };
    if known.pub_status == PubStatus::Canceled {
        return Ok(None);
    }
    let row = sqlx::query("SELECT doc, revision FROM item WHERE item_id = $1")
        .bind(item.as_str())
        .fetch_one(&mut *tx)
        .await?;
    let revision = u32::try_from(row.try_get::<i64, _>("revision")?).unwrap_or(u32::MAX);
    let mut doc = tombstone(row.try_get::<Json<Item>, _>("doc")?.0, None);
    let facts = VersionFacts {
        version: known.version + 1,
        first_created: known.first_created,
        version_created: now.max(known.version_created),
        change: Change::Withdrawn,
    };
    facts.stamp(&mut doc);
    let issued = Issued { item_id: item.clone(), version: facts.version };
    let version = NewVersion {
        item: doc,
        copy: None,
        held: None,
        revision,
        traceparent: None,
        actor: actor.to_owned(),
        action: Some("taken_down"),
        reason: reason.chars().take(500).collect(),
    };
    write::insert(&mut tx, &[version]).await?;
    // What the fetcher keeps of it, to send it once more with its page.
    sqlx::query("UPDATE seen_entry SET pending = NULL, page_due = NULL WHERE item_id = $1")
        .bind(item.as_str())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(Some(issued))
}
