//! The body of the ledger's transaction: what is known of the items, what the copies are to it, the new versions and
//! their outbox rows.

use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};
use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{Change, ContentHash, Item, ItemId, Message, Timestamp, envelope};

use super::{
    Applied, Arrival, Decision, Faults, Issued, Known, LedgerError, VersionFacts, block, decide, kill,
    syndicate,
};

/// A version to be written.
pub(super) struct NewVersion {
    /// Stamped.
    pub item: Item,
    /// JSON of the full copy.
    pub copy: Option<String>,
    /// JSON of what an embargo holds back.
    pub held: Option<String>,
    /// The fetcher's count of the entry's states.
    pub revision: u32,
    /// W3C trace context.
    pub traceparent: Option<String>,
    /// Whose word it is, for the audit: a wire's id, an operator.
    pub actor: String,
    /// `killed`, `taken_down`, `withheld`, `released`.
    pub action: Option<&'static str>,
    /// Why, for the audit.
    pub reason: String,
}

impl NewVersion {
    /// The next version of an item that no copy brought: the row has the current version's `version`, `revision`, `first_created`,
    /// `version_created` and `copy`; `item` and `held` are what it becomes.
    pub(super) fn again(
        row: &PgRow,
        mut item: Item,
        held: Option<&Item>,
        now: Timestamp,
    ) -> Result<Self, LedgerError> {
        let before: Timestamp = row.try_get("version_created")?;
        let facts = VersionFacts {
            version: row.try_get::<i32, _>("version")?.unsigned_abs() + 1,
            first_created: row.try_get("first_created")?,
            version_created: now.max(before),
            change: Change::Status,
        };
        facts.stamp(&mut item);
        let copy: Option<serde_json::Value> = row.try_get("copy")?;
        Ok(Self {
            copy: copy.map(|copy| json(&copy, &item.item_id)).transpose()?,
            held: held.map(|held| json(held, &item.item_id)).transpose()?,
            revision: u32::try_from(row.try_get::<i64, _>("revision")?).unwrap_or(u32::MAX),
            traceparent: None,
            actor: "wiredesk".to_owned(),
            action: None,
            reason: String::new(),
            item,
        })
    }

    /// What it is, for the caller.
    pub(super) fn issued(&self) -> Issued {
        Issued { item_id: self.item.item_id.clone(), version: self.item.version }
    }
}

/// Takes the deliveries in their order; several of one item make several versions.
pub(super) async fn batch(
    tx: &mut PgConnection,
    arrivals: &[Arrival<'_>],
    now: Timestamp,
    faults: &Faults,
) -> Result<Applied, LedgerError> {
    let mut applied = Applied::default();
    let ids: Vec<&str> = arrivals.iter().map(|a| a.delivery.copy.item_id.as_str()).collect();
    let blocked = block::List::read(tx, arrivals).await?;
    let mut known = lock(tx, &ids).await?;
    let carried = syndicate::known(tx, &ids).await?;
    let mut versions = Vec::new();
    let mut refused = Vec::new();
    let mut sightings: BTreeMap<ItemId, (u32, u32)> = BTreeMap::new();
    for arrival in arrivals {
        let copy = &arrival.delivery.copy;
        let id = &copy.item_id;
        match decide(known.get(id), copy.revision, &copy.content_hash) {
            Decision::Version => {
                if let Some(refusal) = blocked.refuses(copy) {
                    applied.refused += 1;
                    refused.push(refusal);
                    continue;
                }
                let version = stamped(arrival, known.remove(id), carried.get(id), now)?;
                applied.issued.push(Issued { item_id: id.clone(), version: version.1.version });
                known.insert(id.clone(), version.1);
                versions.push(version.0);
            }
            Decision::Sighting => {
                applied.sightings += 1;
                if let Some(known) = known.get_mut(id) {
                    known.sighted(copy.revision);
                    let raised = sightings.entry(id.clone()).or_default();
                    // Of the version that was current then; a later version of the same batch has a row of its own.
                    *raised = if raised.0 == known.version {
                        (raised.0, raised.1.max(copy.revision))
                    } else {
                        (known.version, copy.revision)
                    };
                }
            }
            Decision::Replay => applied.replays += 1,
            Decision::Refused => applied.refused += 1,
        }
    }
    insert(tx, &versions).await?;
    syndicate::remember(tx, &versions).await?;
    block::note(tx, &refused, now).await?;
    faults.hit("ledger.versions_written")?;
    raise(tx, &sightings).await?;
    Ok(applied)
}

/// Locks the items that exist and reads what is known of them.
pub(super) async fn lock(
    tx: &mut PgConnection,
    ids: &[&str],
) -> Result<BTreeMap<ItemId, Known>, LedgerError> {
    // `late`: written by a transaction younger than this one. (One from beyond the snapshot came with a restored dump,
    // whose transactions were another server's.)
    let rows = sqlx::query(
        "SELECT item_id, version, content_hash, pub_status, first_created, version_created,
                tx > pg_current_xact_id() AND tx < pg_snapshot_xmax(pg_current_snapshot()) AS late
         FROM item WHERE item_id = ANY($1) ORDER BY item_id FOR UPDATE",
    )
    .bind(ids)
    .fetch_all(&mut *tx)
    .await?;
    let mut known = BTreeMap::new();
    for row in &rows {
        let id = ItemId::new(row.try_get::<String, _>("item_id")?);
        if row.try_get("late")? {
            return Err(LedgerError::Overtaken(id));
        }
        known.insert(
            id,
            Known {
                version: row.try_get::<i32, _>("version")?.unsigned_abs(),
                content_hash: ContentHash::new(row.try_get::<String, _>("content_hash")?),
                pub_status: status(&row.try_get::<String, _>("pub_status")?),
                first_created: row.try_get("first_created")?,
                version_created: row.try_get("version_created")?,
                seen: BTreeMap::new(),
            },
        );
    }
    if known.is_empty() {
        return Ok(known);
    }
    // A statement of its own: its snapshot is younger than the locks.
    let rows = sqlx::query(
        "SELECT item_id, content_hash, max(revision) AS revision FROM item_version
         WHERE item_id = ANY($1) GROUP BY item_id, content_hash",
    )
    .bind(known.keys().map(ItemId::as_str).collect::<Vec<_>>())
    .fetch_all(&mut *tx)
    .await?;
    for row in &rows {
        let id = ItemId::new(row.try_get::<String, _>("item_id")?);
        let hash = ContentHash::new(row.try_get::<String, _>("content_hash")?);
        let revision = u32::try_from(row.try_get::<i64, _>("revision")?).unwrap_or(u32::MAX);
        if let Some(known) = known.get_mut(&id) {
            known.seen.insert(hash, revision);
        }
    }
    Ok(known)
}

fn status(name: &str) -> PubStatus {
    [PubStatus::Usable, PubStatus::Withheld]
        .into_iter()
        .find(|s| s.as_str() == name)
        .unwrap_or(PubStatus::Canceled)
}

fn stamped(
    arrival: &Arrival<'_>,
    before: Option<Known>,
    carried: Option<&ItemId>,
    now: Timestamp,
) -> Result<(NewVersion, Known), LedgerError> {
    let delivery = arrival.delivery;
    let facts = next_facts(before.as_ref(), &delivery.item, now);
    let mut item = delivery.item.clone();
    facts.stamp(&mut item);
    syndicate::credit(&mut item, carried);
    let killed = item.pub_status == PubStatus::Canceled;
    let mut held = delivery.held.clone().filter(|_| !killed);
    held.iter_mut().for_each(|held| syndicate::credit(held, carried));
    let mut known = Known {
        version: facts.version,
        content_hash: item.content_hash.clone(),
        pub_status: item.pub_status,
        first_created: facts.first_created,
        version_created: facts.version_created,
        seen: before.map(|b| b.seen).unwrap_or_default(),
    };
    known.sighted(delivery.copy.revision);
    let version = NewVersion {
        copy: if killed { None } else { Some(json(&delivery.copy, &item.item_id)?) },
        held: held.map(|h| json(&h, &item.item_id)).transpose()?,
        revision: delivery.copy.revision,
        traceparent: arrival.traceparent.map(str::to_owned),
        actor: item.source.id.to_string(),
        action: match item.pub_status {
            PubStatus::Usable => None,
            PubStatus::Withheld => Some("withheld"),
            PubStatus::Canceled => Some("killed"),
        },
        reason: item.ed_note.clone().unwrap_or_default().chars().take(500).collect(),
        item,
    };
    Ok((version, known))
}

/// The ledger has the last word on `change`: the verdict was given before anybody knew which version this would be.
fn next_facts(before: Option<&Known>, item: &Item, now: Timestamp) -> VersionFacts {
    let killed = item.pub_status == PubStatus::Canceled;
    let Some(before) = before else {
        return VersionFacts::first(now, if killed { Change::Withdrawn } else { Change::New });
    };
    VersionFacts {
        version: before.version + 1,
        first_created: before.first_created,
        version_created: now.max(before.version_created),
        change: match item.change {
            _ if killed => Change::Withdrawn,
            // An earlier text has come back: its verdict says what it was the first time.
            Change::New => Change::Rewritten,
            other => other,
        },
    }
}

pub(super) fn json<T: serde::Serialize>(value: &T, item: &ItemId) -> Result<String, LedgerError> {
    serde_json::to_string(value).map_err(|e| LedgerError::Json { item: item.clone(), detail: e.to_string() })
}

/// Writes versions, the items' current state, outbox and audit rows, and blanks what a kill takes back.
pub(super) async fn insert(tx: &mut PgConnection, versions: &[NewVersion]) -> Result<(), LedgerError> {
    if versions.is_empty() {
        return Ok(());
    }
    let items = || versions.iter().map(|v| &v.item);
    let last: BTreeMap<&str, u32> = items().map(|i| (i.item_id.as_str(), i.version)).collect();
    let docs = items().map(|i| json(i, &i.item_id)).collect::<Result<Vec<_>, _>>()?;
    let headers = versions
        .iter()
        .map(|v| {
            json(
                &envelope::headers(&v.item, v.item.version_created, v.traceparent.as_deref()),
                &v.item.item_id,
            )
        })
        .collect::<Result<Vec<_>, _>>()?;
    sqlx::query(
        "WITH input AS MATERIALIZED (
             SELECT t.*, t.text::jsonb AS doc FROM UNNEST(
                 $1::text[], $2::int[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::bool[], $9::text[],
                 $10::text[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[]
             ) WITH ORDINALITY AS t (item_id, version, content_hash, revision, text, copy, held, last, headers,
                 event_id, version_created, first_created, fetched_at, published, embargoed_until, ord)
         ), versions AS (
             INSERT INTO item_version
                 (item_id, version, content_hash, revision, change, pub_status, doc, copy, held, digest, created)
             SELECT item_id, version, content_hash, revision, doc ->> 'change', doc ->> 'pubStatus', doc, copy::jsonb,
                    held::jsonb, sha256(convert_to(text, 'UTF8')), version_created
             FROM input
         ), outbox AS (
             INSERT INTO outbox (kind, key, event_id, payload, headers, created)
             SELECT 'item', item_id, event_id, convert_to(text, 'UTF8'), headers::jsonb, version_created
             FROM input ORDER BY ord
         )
         INSERT INTO item (item_id, version, revision, content_hash, source_id, language, kind, urgency, pub_status,
             embargoed_until, published, first_created, version_created, fetched_at, headline, duplicate_of, relation,
             cluster, doc)
         SELECT item_id, version, revision, content_hash, doc -> 'source' ->> 'id', doc ->> 'language', doc ->> 'kind',
             (doc ->> 'urgency')::smallint, doc ->> 'pubStatus', embargoed_until, published, first_created, version_created,
             fetched_at, coalesce(doc -> 'headlines' -> 0 ->> 'value', ''), doc ->> 'duplicate_of', doc ->> 'relation',
             doc ->> 'cluster', doc
         FROM input WHERE last ORDER BY item_id
         ON CONFLICT (item_id) DO UPDATE SET version = excluded.version, revision = excluded.revision,
             content_hash = excluded.content_hash, source_id = excluded.source_id, language = excluded.language,
             kind = excluded.kind, urgency = excluded.urgency, pub_status = excluded.pub_status,
             embargoed_until = excluded.embargoed_until, published = excluded.published,
             version_created = excluded.version_created, fetched_at = excluded.fetched_at, headline = excluded.headline,
             duplicate_of = excluded.duplicate_of, relation = excluded.relation, cluster = excluded.cluster,
             doc = excluded.doc, tx = pg_current_xact_id(), change_seq = nextval('item_change_seq')",
    )
    .bind(items().map(|i| i.item_id.as_str()).collect::<Vec<_>>())
    .bind(items().map(|i| i.version.cast_signed()).collect::<Vec<_>>())
    .bind(items().map(|i| i.content_hash.as_str()).collect::<Vec<_>>())
    .bind(versions.iter().map(|v| i64::from(v.revision)).collect::<Vec<_>>())
    .bind(&docs)
    .bind(versions.iter().map(|v| v.copy.as_deref()).collect::<Vec<_>>())
    .bind(versions.iter().map(|v| v.held.as_deref()).collect::<Vec<_>>())
    .bind(items().map(|i| last.get(i.item_id.as_str()) == Some(&i.version)).collect::<Vec<_>>())
    .bind(&headers)
    .bind(items().map(Message::id).collect::<Vec<_>>())
    .bind(items().map(|i| i.version_created).collect::<Vec<_>>())
    .bind(items().map(|i| i.first_created).collect::<Vec<_>>())
    .bind(items().map(|i| i.fetched_at).collect::<Vec<_>>())
    .bind(items().map(|i| i.content_created).collect::<Vec<_>>())
    .bind(items().map(|i| i.embargoed_until).collect::<Vec<_>>())
    .execute(&mut *tx)
    .await?;
    audit(tx, versions).await?;
    for killed in versions.iter().filter(|v| v.item.pub_status == PubStatus::Canceled) {
        kill::blank(tx, &killed.item.item_id, killed.item.version).await?;
    }
    let current: Vec<&Item> = items().filter(|i| last.get(i.item_id.as_str()) == Some(&i.version)).collect();
    crate::register::note(tx, &current).await?;
    crate::outbox::wake(tx).await?;
    Ok(())
}

async fn audit(tx: &mut PgConnection, versions: &[NewVersion]) -> Result<(), LedgerError> {
    let told: Vec<(&NewVersion, &str)> = versions.iter().filter_map(|v| Some((v, v.action?))).collect();
    if told.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO status_audit (item_id, version, action, actor, reason, at)
         SELECT * FROM UNNEST($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])",
    )
    .bind(told.iter().map(|(v, _)| v.item.item_id.as_str()).collect::<Vec<_>>())
    .bind(told.iter().map(|(v, _)| v.item.version.cast_signed()).collect::<Vec<_>>())
    .bind(told.iter().map(|(_, action)| *action).collect::<Vec<_>>())
    .bind(told.iter().map(|(v, _)| v.actor.as_str()).collect::<Vec<_>>())
    .bind(told.iter().map(|(v, _)| v.reason.as_str()).collect::<Vec<_>>())
    .bind(told.iter().map(|(v, _)| v.item.version_created).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

async fn raise(tx: &mut PgConnection, sightings: &BTreeMap<ItemId, (u32, u32)>) -> Result<(), LedgerError> {
    if sightings.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "WITH seen AS (
             SELECT * FROM UNNEST($1::text[], $2::int[], $3::bigint[]) AS t (item_id, version, revision)
         ), items AS (
             UPDATE item i SET revision = seen.revision FROM seen
             WHERE i.item_id = seen.item_id AND i.version = seen.version AND i.revision < seen.revision
         )
         UPDATE item_version v SET revision = seen.revision FROM seen
         WHERE v.item_id = seen.item_id AND v.version = seen.version AND v.revision < seen.revision",
    )
    .bind(sightings.keys().map(ItemId::as_str).collect::<Vec<_>>())
    .bind(sightings.values().map(|(version, _)| version.cast_signed()).collect::<Vec<_>>())
    .bind(sightings.values().map(|(_, revision)| i64::from(*revision)).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}
