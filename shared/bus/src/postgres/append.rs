//! Appending: many small sends become one transaction, so that one flush of the disk serves them all.

use crate::answered::Answered;
use std::collections::BTreeMap;
use std::sync::Arc;

use sqlx::PgPool;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use wiredesk_contract::Timestamp;

use super::fault;
use super::topics::{Topic, Topics};
use crate::error::BusError;
use crate::murmur2::partition_of;
use crate::record::{Position, Record};

/// Most bytes of one transaction, but for a single larger record.
const CHUNK_BYTES: usize = 8 << 20;
/// Most records of one transaction.
const CHUNK_RECORDS: usize = 2_000;
/// Sends that may wait; more are held back.
const QUEUE: usize = 64;

/// Records with their topics looked up, as the columns that `bus_append` takes.
#[derive(Default)]
pub(super) struct Columns {
    pub topics: Vec<i32>,
    pub partitions: Vec<i32>,
    pub headers: Vec<String>,
    pub times: Vec<Timestamp>,
    records: Vec<Record>,
}

impl Columns {
    /// Looks every topic up and refuses what is too large, before anything is sent.
    pub async fn prepare(db: &PgPool, topics: &Topics, records: Vec<Record>) -> Result<Self, BusError> {
        let mut found: BTreeMap<&str, Topic> = BTreeMap::new();
        for record in &records {
            if !found.contains_key(record.topic.as_str()) {
                found.insert(&record.topic, topics.get(db, &record.topic).await?);
            }
        }
        let mut columns = Self::default();
        for record in &records {
            let Some(topic) = found.get(record.topic.as_str()) else { continue };
            let size = record.size();
            if size > topic.max_bytes {
                return Err(BusError::TooLarge { topic: record.topic.clone(), size, max: topic.max_bytes });
            }
            columns.topics.push(topic.id);
            columns.partitions.push(partition_of(&record.key, topic.partitions));
            columns.headers.push(serde_json::to_string(&record.headers).unwrap_or_else(|_| "[]".to_owned()));
            columns.times.push(record.timestamp);
        }
        columns.records = records;
        Ok(columns)
    }

    pub fn len(&self) -> usize {
        self.records.len()
    }

    pub fn keys(&self) -> Vec<&[u8]> {
        self.records.iter().map(|r| r.key.as_bytes()).collect()
    }

    pub fn payloads(&self) -> Vec<&[u8]> {
        self.records.iter().map(|r| r.payload.as_ref()).collect()
    }

    /// The names of the topics, each once.
    pub fn names(&self) -> std::collections::BTreeSet<String> {
        self.records.iter().map(|r| r.topic.clone()).collect()
    }

    fn bytes(&self) -> usize {
        self.records.iter().map(Record::size).sum()
    }

    fn append(&mut self, mut other: Self) {
        self.topics.append(&mut other.topics);
        self.partitions.append(&mut other.partitions);
        self.headers.append(&mut other.headers);
        self.times.append(&mut other.times);
        self.records.append(&mut other.records);
    }

    /// The first part, within the limits of one transaction.
    fn split_chunk(&mut self) -> Self {
        let mut bytes = 0;
        let fits = self.records.iter().take(CHUNK_RECORDS).take_while(|record| {
            bytes += record.size();
            bytes <= CHUNK_BYTES
        });
        let n = fits.count().max(1).min(self.len());
        self.split_first(n)
    }

    /// The first `n`; the rest stays.
    fn split_first(&mut self, n: usize) -> Self {
        let rest = Self {
            topics: self.topics.split_off(n),
            partitions: self.partitions.split_off(n),
            headers: self.headers.split_off(n),
            times: self.times.split_off(n),
            records: self.records.split_off(n),
        };
        std::mem::replace(self, rest)
    }

    async fn store(&self, db: &PgPool) -> Result<Vec<i64>, BusError> {
        let offsets: Option<Vec<i64>> = sqlx::query_scalar("SELECT bus_append($1, $2, $3, $4, $5, $6)")
            .bind(&self.topics)
            .bind(&self.partitions)
            .bind(self.keys())
            .bind(self.payloads())
            .bind(&self.headers)
            .bind(&self.times)
            .fetch_one(db)
            .answered_late()
            .await
            .map_err(fault::bus)?;
        Ok(offsets.unwrap_or_default())
    }

    fn positions(&self, offsets: &[i64]) -> Vec<Position> {
        let places = self.records.iter().zip(&self.partitions).zip(offsets);
        places
            .map(|((r, partition), offset)| Position {
                topic: r.topic.clone(),
                partition: *partition,
                offset: *offset,
            })
            .collect()
    }
}

type Reply = oneshot::Sender<Result<Vec<Position>, BusError>>;
type Request = (Columns, Reply);

/// The queue of what is to be appended.
#[derive(Clone)]
pub(super) struct Appender {
    queue: mpsc::Sender<Request>,
}

impl Appender {
    /// Starts `connections` tasks that append until `stop`.
    pub fn start(db: &PgPool, connections: usize, stop: &CancellationToken) -> Self {
        let (queue, requests) = mpsc::channel(QUEUE);
        let requests = Arc::new(Mutex::new(requests));
        for _ in 0..connections.max(1) {
            let work = work(db.clone(), requests.clone());
            tokio::spawn(stop.clone().run_until_cancelled_owned(work));
        }
        Self { queue }
    }

    /// Appends all, in as many transactions as their size needs; returns when all are durable.
    pub async fn append(&self, mut columns: Columns) -> Result<Vec<Position>, BusError> {
        let gone = || BusError::Unavailable("the bus was closed".to_owned());
        let mut positions = Vec::with_capacity(columns.len());
        while columns.len() > 0 {
            let (reply, answer) = oneshot::channel();
            self.queue.send((columns.split_chunk(), reply)).await.map_err(|_| gone())?;
            positions.extend(answer.await.map_err(|_| gone())??);
        }
        Ok(positions)
    }
}

async fn work(db: PgPool, requests: Arc<Mutex<mpsc::Receiver<Request>>>) {
    loop {
        let Some(gathered) = gather(&requests).await else { return };
        if let [_] = gathered.as_slice() {
            one_by_one(&db, gathered).await;
            continue;
        }
        let mut all = Columns::default();
        let mut replies = Vec::new();
        for (columns, reply) in gathered {
            replies.push((columns.len(), reply));
            all.append(columns);
        }
        match all.store(&db).await {
            Ok(offsets) => {
                let mut positions = all.positions(&offsets).into_iter();
                for (records, reply) in replies {
                    let _ = reply.send(Ok(positions.by_ref().take(records).collect()));
                }
            }
            Err(_) => {
                // One sender's fault must not be its neighbours': each is tried alone and gets its own answer.
                let alone = replies.into_iter().map(|(records, reply)| (all.split_first(records), reply));
                one_by_one(&db, alone.collect()).await;
            }
        }
    }
}

async fn one_by_one(db: &PgPool, requests: Vec<Request>) {
    for (columns, reply) in requests {
        let answer = columns.store(db).await.map(|offsets| columns.positions(&offsets));
        let _ = reply.send(answer);
    }
}

/// Waits for a request, and takes what else is there up to the limits of one transaction.
async fn gather(requests: &Mutex<mpsc::Receiver<Request>>) -> Option<Vec<Request>> {
    let mut requests = requests.lock().await;
    let first = requests.recv().await?;
    let (mut records, mut bytes) = (first.0.len(), first.0.bytes());
    let mut gathered = vec![first];
    while records < CHUNK_RECORDS && bytes < CHUNK_BYTES {
        let Ok(next) = requests.try_recv() else { break };
        records += next.0.len();
        bytes += next.0.bytes();
        gathered.push(next);
    }
    Some(gathered)
}
