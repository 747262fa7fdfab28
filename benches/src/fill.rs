//! A database with a month of items: put in by COPY without triggers and indexes, which are made afterwards, and then held against what the
//! ledger's own triggers and functions would have written.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, PgPool, raw_sql};
use wiredesk_contract::status::{CopyKind, PubStatus};
use wiredesk_contract::{Timestamp, marked};

use crate::invent::{Inventor, Made};

/// Items a transaction.
const CHUNK: u64 = 500;
/// What is left to do once the items are in.
const REST: [&str; 2] = [include_str!("fill/versions.sql"), include_str!("fill/names.sql")];
/// What is compared with the ledger's own.
const CHECK: &str = include_str!("fill/check.sql");

type Error = sqlx::Error;

/// Fills a database where the migrations were run, unless it has been filled before. What is in it.
pub async fn fill(db: &PgPool, items: u64, now: Timestamp) -> Result<Inventor, Error> {
    raw_sql("CREATE TABLE IF NOT EXISTS bench_filled (items bigint NOT NULL, at timestamptz NOT NULL)")
        .execute(db)
        .await?;
    let before: Option<(i64, Timestamp)> =
        sqlx::query_as("SELECT items, at FROM bench_filled").fetch_optional(db).await?;
    if let Some((items, at)) = before {
        println!("  the database has {items} items already");
        return Ok(Inventor::new(items.unsigned_abs(), at));
    }
    let started = Instant::now();
    let mut inventor = Inventor::new(items, now);
    inventor.lexemes = lexemes(db, &inventor).await?;
    println!("  {:5.0} s: words are made", started.elapsed().as_secs_f64());
    let indexes = take_indexes(db).await?;
    let inventor = Arc::new(inventor);
    let next = Arc::new(AtomicU64::new(0));
    let workers = (0..2).map(|_| tokio::spawn(copy(db.clone(), inventor.clone(), next.clone(), items)));
    for worker in workers.collect::<Vec<_>>() {
        worker.await.unwrap_or_else(|e| panic!("a worker: {e}"))?;
    }
    println!("  {:5.0} s: {items} items are in", started.elapsed().as_secs_f64());
    sources(db, &inventor).await?;
    let rest = REST.into_iter().map(|sql| tokio::spawn(run(db.clone(), vec![sql.to_owned()])));
    for part in rest.collect::<Vec<_>>() {
        part.await.unwrap_or_else(|e| panic!("a part: {e}"))?;
    }
    println!("  {:5.0} s: versions, stories and names are in", started.elapsed().as_secs_f64());
    // By turns, so that each of the two has some of the large ones.
    let mut halves = [Vec::new(), Vec::new()];
    for (n, index) in indexes.into_iter().enumerate() {
        halves[n % 2].push(index);
    }
    let making = halves.into_iter().map(|half| tokio::spawn(run(db.clone(), half)));
    for half in making.collect::<Vec<_>>() {
        half.await.unwrap_or_else(|e| panic!("an index: {e}"))?;
    }
    generated(db, true).await?;
    println!("  {:5.0} s: indexes are made", started.elapsed().as_secs_f64());
    raw_sql("VACUUM (ANALYZE)").execute(db).await?;
    let differing: i64 = sqlx::query_scalar(CHECK).fetch_one(db).await?;
    assert!(
        differing == 0,
        "{differing} of the rows that were looked at are not what the ledger would have written"
    );
    sqlx::query("INSERT INTO bench_filled VALUES ($1, $2)")
        .bind(items.cast_signed())
        .bind(now)
        .execute(db)
        .await?;
    println!("  {:5.0} s: swept, and compared with the ledger's own", started.elapsed().as_secs_f64());
    Ok(Inventor::new(items, now))
}

/// The lexeme of each token in each language; empty for those that are left out.
async fn lexemes(db: &PgPool, inventor: &Inventor) -> Result<Vec<Vec<String>>, Error> {
    let mut all = Vec::new();
    for language in &inventor.languages {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT coalesce((tsvector_to_array(to_tsvector(search_config($1), word)))[1], '')
             FROM unnest($2::text[]) WITH ORDINALITY AS t (word, n) ORDER BY n",
        )
        .bind(language.grammar.code)
        .bind(&language.tokens)
        .fetch_all(db)
        .await?;
        all.push(rows);
    }
    Ok(all)
}

/// Whether `item.words` is computed by the server. While it is not, COPY may write it.
async fn generated(db: &PgPool, by_server: bool) -> Result<(), Error> {
    let statement = format!(
        "UPDATE pg_attribute SET attgenerated = '{}' WHERE attrelid = 'item'::regclass AND attname = 'words'",
        if by_server { "s" } else { "" }
    );
    raw_sql(AssertSqlSafe(statement)).execute(db).await.map(|_| ())
}

/// Takes away the indexes of what is filled; the statements that make them again, large ones first.
async fn take_indexes(db: &PgPool) -> Result<Vec<String>, Error> {
    const TABLES: &str = "('item', 'item_version', 'item_entity', 'item_topic', 'item_place', 'story', 'story_item', 'entity_name')";
    let keys: Vec<(String, String)> = sqlx::query_as(
        "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
                format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
         FROM pg_constraint WHERE contype = 'p' AND conrelid::regclass::text IN ('item_version', 'item_entity', 'item_topic', 'item_place', 'story_item', 'entity_name')"
    )
    .fetch_all(db)
    .await?;
    let others: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT format('DROP INDEX %I', indexname), indexdef FROM pg_indexes
         WHERE tablename IN {TABLES} AND indexname NOT IN (SELECT conname FROM pg_constraint)
         ORDER BY indexdef NOT LIKE '%gin (words)%', indexdef NOT LIKE '%USING gin%', tablename"
    )))
    .fetch_all(db)
    .await?;
    let mut again = Vec::new();
    for (drop, make) in others.into_iter().chain(keys) {
        raw_sql(AssertSqlSafe(drop)).execute(db).await?;
        again.push(make);
    }
    generated(db, false).await?;
    Ok(again)
}

async fn quick(db: &PgPool) -> Result<sqlx::pool::PoolConnection<sqlx::Postgres>, Error> {
    let mut connection = db.acquire().await?;
    raw_sql(
        "SET session_replication_role = replica; SET maintenance_work_mem = '1GB'; SET work_mem = '512MB';
         SET max_parallel_maintenance_workers = 0; SET synchronous_commit = off",
    )
    .execute(&mut *connection)
    .await?;
    Ok(connection)
}

/// Runs statements one after the other on a connection of their own, which ends with them.
async fn run(db: PgPool, statements: Vec<String>) -> Result<(), Error> {
    let mut connection = quick(&db).await?;
    for statement in statements {
        raw_sql(AssertSqlSafe(statement)).execute(&mut *connection).await?;
    }
    connection.close().await
}

async fn copy(db: PgPool, inventor: Arc<Inventor>, next: Arc<AtomicU64>, items: u64) -> Result<(), Error> {
    let mut connection = quick(&db).await?;
    loop {
        let from = next.fetch_add(CHUNK, Ordering::Relaxed);
        if from >= items {
            return connection.close().await;
        }
        let inventor = inventor.clone();
        let made = tokio::task::spawn_blocking(move || {
            let mut rows = Rows::default();
            (from..(from + CHUNK).min(items)).for_each(|n| rows.add(n, &inventor.make(n)));
            rows
        });
        let rows = made.await.unwrap_or_else(|e| panic!("an item: {e}"));
        raw_sql("BEGIN").execute(&mut *connection).await?;
        rows.send(&mut connection).await?;
        raw_sql("COMMIT").execute(&mut *connection).await?;
    }
}

/// Rows for COPY.
#[derive(Default)]
struct Rows {
    items: String,
    entities: String,
    topics: String,
    places: String,
    stories: String,
}

/// As COPY reads it.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t")
}

impl Rows {
    fn add(&mut self, n: u64, made: &Made) {
        let item = &made.item;
        let id = &item.item_id;
        let null = |text: Option<String>| text.unwrap_or_else(|| "\\N".to_owned());
        let kind = match item.kind {
            CopyKind::News => "news",
            CopyKind::Planning => "planning",
            CopyKind::Roundup => "roundup",
            CopyKind::NotArticle => "not_article",
        };
        let status = if item.pub_status == PubStatus::Usable { "usable" } else { "canceled" };
        let columns = [
            id.to_string(),
            item.version.to_string(),
            item.version.to_string(),
            item.content_hash.to_string(),
            item.source.id.to_string(),
            item.language.clone(),
            kind.to_owned(),
            item.urgency.to_string(),
            status.to_owned(),
            null(item.content_created.map(|at| at.to_rfc3339())),
            item.first_created.to_rfc3339(),
            item.version_created.to_rfc3339(),
            item.fetched_at.to_rfc3339(),
            item.headline().to_owned(),
            null(item.verdict.duplicate_of.as_ref().map(ToString::to_string)),
            null(item.verdict.relation.map(|_| "resend".to_owned())),
            item.verdict.cluster.to_string(),
            escape(&serde_json::to_string(item).unwrap_or_default()),
            made.words.clone(),
        ];
        let _ = writeln!(self.items, "{}", columns.join("\t"));
        let mut named: BTreeMap<&str, (&str, &str, u32)> = BTreeMap::new();
        for entity in &item.entities {
            named.entry(&entity.id).or_insert((marked::class(entity.kind), &entity.name, 0)).2 += 1;
        }
        for (entity, (class, name, mentions)) in named {
            let _ = writeln!(self.entities, "{id}\t{entity}\t{class}\t{name}\t{mentions}\t0.4\t0.9");
        }
        for topic in &item.subjects {
            let original = if item.verdict.duplicate_of.is_none() { "t" } else { "f" };
            let hour = made.hour.to_rfc3339();
            let _ = writeln!(
                self.topics,
                "{id}\t{}\t{}\t{}\t{hour}\t{original}",
                topic.code, topic.name, topic.level
            );
        }
        let event = item.event_place.as_ref().map(|event| event.place.id.as_str());
        let mut there: BTreeMap<&str, &wiredesk_contract::enrichment::Place> = BTreeMap::new();
        for place in &item.places {
            there.insert(&place.id, place);
        }
        for (place, at) in there {
            let happens = if Some(place) == event { "t" } else { "f" };
            let _ = writeln!(
                self.places,
                "{id}\t{place}\t{}\t{}\t{}\t{}\t{happens}",
                at.name, at.country, at.lat, at.lon
            );
        }
        let story = null(made.story.as_ref().map(ToString::to_string));
        let _ = writeln!(
            self.stories,
            "{id}\t{story}\t{}\t{n}\t{}\t\\N",
            item.version,
            item.first_created.to_rfc3339()
        );
    }

    async fn send(self, connection: &mut PgConnection) -> Result<(), Error> {
        for (target, rows) in [
            (
                "item (item_id, version, revision, content_hash, source_id, language, kind, urgency, pub_status, published, first_created, \
                 version_created, fetched_at, headline, duplicate_of, relation, cluster, doc, words)",
                self.items,
            ),
            ("item_entity (item_id, entity_id, kind, name, mentions, salience, confidence)", self.entities),
            ("item_topic (item_id, code, name, level, hour, original)", self.topics),
            ("item_place (item_id, place_id, name, country, lat, lon, event)", self.places),
            ("story_item (item_id, story_id, version, seq, event_time, features)", self.stories),
        ] {
            let mut copy = connection.copy_in_raw(&format!("COPY {target} FROM STDIN")).await?;
            copy.send(rows.into_bytes()).await?;
            copy.finish().await?;
        }
        Ok(())
    }
}

async fn sources(db: &PgPool, inventor: &Inventor) -> Result<(), Error> {
    let of = |field: fn(&wiredesk_contract::source::SourceRef) -> String| {
        inventor.sources().iter().map(field).collect::<Vec<_>>()
    };
    sqlx::query(
        "INSERT INTO source (id, name, url, config, interval_seconds, next_poll, last_poll, last_ok, last_status, newest_item, items_seen, gap_seconds)
         SELECT id, name, url, jsonb_build_object('id', id, 'url', url, 'language', language), 300, now() + interval '1 day', now(), now(), 200,
                now(), 2000, 900
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS t (id, name, url, language)",
    )
    .bind(of(|source| source.id.to_string()))
    .bind(of(|source| source.name.clone()))
    .bind(of(|source| source.url.clone().unwrap_or_default()))
    .bind(of(|source| source.language.clone().unwrap_or_default()))
    .execute(db)
    .await
    .map(|_| ())
}
