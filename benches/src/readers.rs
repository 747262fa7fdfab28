//! What hundreds of live readers get, and what they cost: items are put on the items topic at a steady rate, as the relay puts them there, and
//! every reader counts them by id. Most listen by server-sent events, some by WebSocket. One stops reading until it is sent away, and comes
//! back with its last id.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use wiredesk_bus::Record;
use wiredesk_contract::Item;
use wiredesk_contract::time::wall_clock;
use wiredesk_tests::{BusChoice, Desk};

use crate::invent::Inventor;
use crate::percentile::{describe, slope};
use crate::process;

/// How long after the last item a reader may still be without it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Seconds at the beginning in which memory may grow: until the buffer for slow readers is full once.
const WARM: f64 = 40.0;
/// How long a stream may say nothing before it counts as ended.
const QUIET: Duration = Duration::from_secs(10);
/// Before an item's id in its JSON.
const MARK: &[u8] = b"urn:wiredesk:item:";

/// `readers`
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// `postgres` or `kafka`
    #[arg(long, default_value = "postgres")]
    bus: String,
    /// Live readers
    #[arg(long, default_value_t = 500)]
    readers: usize,
    /// How many of them listen by WebSocket
    #[arg(long, default_value_t = 50)]
    sockets: usize,
    /// Items a second
    #[arg(long, default_value_t = 50)]
    rate: u32,
    /// For how long items come
    #[arg(long, default_value_t = 150)]
    seconds: u32,
}

/// What all readers know of the items.
struct Sent {
    /// The number of each item by its id.
    numbers: HashMap<Vec<u8>, usize>,
    /// When it was sent, in microseconds since the beginning.
    at: Vec<AtomicU64>,
    began: Instant,
    /// Readers that are connected.
    connected: AtomicUsize,
}

/// What a reader has got.
struct Got {
    times: Vec<u8>,
    /// Milliseconds from the sending to the reading.
    delays: Vec<f64>,
    missing: usize,
}

impl Got {
    fn new(items: usize) -> Self {
        Self { times: vec![0; items], delays: Vec::new(), missing: items }
    }

    /// Takes what may be an item.
    fn take(&mut self, sent: &Sent, data: &[u8]) {
        let Some(number) = number(sent, data) else { return };
        let at = sent.at[number].load(Ordering::Relaxed);
        self.delays.push((sent.began.elapsed().as_micros() as u64).saturating_sub(at) as f64 / 1000.0);
        self.times[number] = self.times[number].saturating_add(1);
        if self.times[number] == 1 {
            self.missing -= 1;
        }
    }

    fn twice(&self) -> usize {
        self.times.iter().filter(|times| **times > 1).count()
    }
}

fn number(sent: &Sent, data: &[u8]) -> Option<usize> {
    let start = data.windows(MARK.len()).take(400).position(|window| window == MARK)? + MARK.len();
    sent.numbers.get(data.get(start..start + 32)?).copied()
}

/// Events of a stream, out of pieces as they come.
#[derive(Default)]
struct Events {
    bytes: Vec<u8>,
}

impl Events {
    /// Adds a piece and hands each event that is whole to `take`.
    fn add(&mut self, piece: &[u8], mut take: impl FnMut(&[u8])) {
        self.bytes.extend_from_slice(piece);
        let mut from = 0;
        while let Some(end) = self.bytes[from..].windows(2).position(|window| window == b"\n\n") {
            take(&self.bytes[from..from + end]);
            from += end + 2;
        }
        self.bytes.drain(..from);
    }
}

/// A field of an event.
fn field<'a>(event: &'a [u8], name: &str) -> Option<&'a str> {
    let line = event
        .split(|byte| *byte == b'\n')
        .find_map(|line| line.strip_prefix(name.as_bytes())?.strip_prefix(b":"))?;
    std::str::from_utf8(line).ok().map(str::trim)
}

/// Starts the API, its readers and the sender, and says what came of it.
pub async fn measure(args: &Args) {
    let bus = if args.bus == "kafka" { BusChoice::Kafka } else { BusChoice::Postgres };
    let Some(desk) = Desk::prepare(bus, Vec::new()).await else { return };
    let (code, output) = desk.run(&["migrate"]);
    assert!(code == 0, "migrate: {output}");
    let most = (args.readers + 100).to_string();
    let names = ["MAX_STREAMS", "STREAMS_PER_READER", "CONNECTIONS", "CONNECTIONS_PER_ADDRESS"];
    let names: Vec<String> = names.iter().map(|name| format!("WIREDESK__API__{name}")).collect();
    let more: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), most.as_str())).collect();
    let mut processes = [desk.start_with(&["api"], &more)];
    let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap_or_default();
    let base = format!("http://127.0.0.1:{}", desk.api);
    let up = async || {
        let up = http
            .get(format!("{base}/v1/sources"))
            .send()
            .await
            .is_ok_and(|answer| answer.status().is_success());
        Ok((!up).then(|| "no answer".to_owned()))
    };
    desk.until("the API", Duration::from_secs(60), &mut processes, up).await;

    let items = (args.rate * args.seconds) as usize;
    let inventor = Inventor::new(items as u64, wall_clock());
    let made: Vec<Item> = (0..items as u64).map(|n| inventor.make(n).item).collect();
    let numbers =
        made.iter().enumerate().map(|(n, item)| (item.item_id.as_str().as_bytes().to_vec(), n)).collect();
    let at = (0..items).map(|_| AtomicU64::new(0)).collect();
    let sent = Arc::new(Sent { numbers, at, began: Instant::now(), connected: AtomicUsize::new(0) });
    let end = Duration::from_secs(u64::from(args.seconds)) + PATIENCE;

    let sockets = args.sockets;
    let mut readers = JoinSet::new();
    for n in 0..args.readers {
        let (sent, http, base, port) = (sent.clone(), http.clone(), base.clone(), desk.api);
        readers.spawn(async move {
            let mut got = Got::new(items);
            let reading = async {
                if n < sockets {
                    socket(port, &sent, &mut got).await
                } else {
                    stream(http, base, &sent, &mut got).await
                }
            };
            let _ = timeout(end + Duration::from_secs(60), reading).await;
            got
        });
    }
    let slow = tokio::spawn(slow(
        desk.api,
        sent.clone(),
        items,
        Duration::from_secs(u64::from(args.seconds) * 2 / 3),
    ));
    let all = args.readers + 1;
    let connected = async || {
        let there = sent.connected.load(Ordering::Relaxed);
        Ok((there < all)
            .then(|| format!("{there} of {all} readers; `ulimit -n` must be above twice their number")))
    };
    desk.until("all readers", Duration::from_secs(60), &mut processes, connected).await;
    let done = Arc::new(AtomicBool::new(false));
    let watching = tokio::spawn(watch(processes[0].id(), done.clone()));
    send(&desk, args.rate, made, &sent).await;
    println!(
        "  {items} items were sent at {}/s to {} readers, {} of them by WebSocket",
        args.rate, args.readers, args.sockets
    );

    let (mut missed, mut twice, mut delays) = (0, 0, Vec::new());
    while let Some(got) = readers.join_next().await {
        let got = got.unwrap_or_else(|e| panic!("a reader: {e}"));
        missed += got.missing;
        twice += got.twice();
        delays.extend(got.delays);
    }
    println!("  readers: {missed} items missed, {twice} had twice, of {}", args.readers * items);
    println!("  from the sending to the reading: {}", describe(delays));
    match timeout(PATIENCE, slow).await {
        Ok(Ok(said)) => println!("  the slow reader: {said}"),
        _ => println!("  the slow reader: NOT DONE"),
    }
    done.store(true, Ordering::Relaxed);
    costs(&watching.await.unwrap_or_default());
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("  {} MiB at most; load {}", process::resident(processes[0].id()).0, load.trim());
    let [process] = processes;
    process.stop(Duration::from_secs(30));
}

/// Puts the items on the topic, each at its time.
async fn send(desk: &Desk, rate: u32, items: Vec<Item>, sent: &Sent) {
    let (bus, topics) = (desk.bus().await, desk.topics());
    let producer = bus.producer().await.unwrap_or_else(|e| panic!("{e}"));
    let mut tick = tokio::time::interval(Duration::from_secs_f64(1.0 / f64::from(rate)));
    for (n, item) in items.into_iter().enumerate() {
        tick.tick().await;
        let record = Record::of(&item, &topics, wall_clock(), None).unwrap_or_else(|e| panic!("{e}"));
        sent.at[n].store(sent.began.elapsed().as_micros() as u64, Ordering::Relaxed);
        producer.send(vec![record]).await.unwrap_or_else(|e| panic!("{e}"));
    }
}

/// A reader by server-sent events, until it has all.
async fn stream(http: reqwest::Client, base: String, sent: &Sent, got: &mut Got) {
    let Ok(mut answer) = http.get(format!("{base}/v1/stream")).send().await else { return };
    let mut events = Events::default();
    let mut greeted = false;
    while let Ok(Some(piece)) = answer.chunk().await {
        if !std::mem::replace(&mut greeted, true) {
            sent.connected.fetch_add(1, Ordering::Relaxed);
        }
        events.add(&piece, |event| got.take(sent, event));
        if got.missing == 0 {
            return;
        }
    }
}

/// A reader by WebSocket, until it has all.
async fn socket(port: u16, sent: &Sent, got: &mut Got) {
    let address = format!("ws://127.0.0.1:{port}/v1/socket");
    let Ok((mut socket, _)) = tokio_tungstenite::connect_async(address).await else { return };
    sent.connected.fetch_add(1, Ordering::Relaxed);
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Text(text) = message {
            got.take(sent, text.as_bytes());
        }
        if got.missing == 0 {
            return;
        }
    }
}

/// A reader that reads nothing for `pause`, then what is there; sent away, it comes back with its last id. What became of it, in words.
async fn slow(port: u16, sent: Arc<Sent>, items: usize, pause: Duration) -> String {
    let mut got = Got::new(items);
    let (mut id, mut ends) = (String::new(), Vec::new());
    let began = Instant::now();
    while got.missing > 0 && ends.len() < 5 {
        let Ok(mut connection) = connect(port, &id).await else { break };
        if ends.is_empty() {
            sent.connected.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(pause).await;
        }
        let (mut lines, mut piece) = (Vec::new(), vec![0; 64 * 1024]);
        let mut events = Events::default();
        let (mut told, mut after) = (false, 0);
        while let Ok(Ok(length @ 1..)) = timeout(QUIET, connection.read(&mut piece)).await {
            lines.extend_from_slice(&piece[..length]);
            let text = unchunked(&mut lines);
            events.add(&text, |event| {
                if told {
                    after += 1;
                    return;
                }
                if let Some(place) = field(event, "id") {
                    place.clone_into(&mut id);
                }
                told |= field(event, "event") == Some("wiredesk.behind");
                got.take(&sent, event);
            });
            if got.missing == 0 || told {
                break;
            }
        }
        ends.push(format!(
            "{:.0} s: {} of {items}{}",
            began.elapsed().as_secs_f64(),
            items - got.missing,
            match (told, after) {
                (false, _) => String::new(),
                (true, 0) => ", wiredesk.behind".to_owned(),
                (true, after) => format!(", wiredesk.behind AND {after} EVENTS AFTER IT"),
            }
        ));
    }
    let verdict = if ends.len() > 1 && got.missing == 0 && got.twice() == 0 {
        "all, none twice"
    } else {
        "NOT AS PROMISED"
    };
    let missed: Vec<usize> = (0..items).filter(|n| got.times[*n] == 0).take(5).collect();
    format!("{verdict}; {} missed {missed:?}, {} twice; {}", got.missing, got.twice(), ends.join("; "))
}

async fn connect(port: u16, last: &str) -> std::io::Result<tokio::net::TcpStream> {
    let mut connection = tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
    let last = if last.is_empty() { String::new() } else { format!("Last-Event-ID: {last}\r\n") };
    let request = format!("GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{last}\r\n");
    connection.write_all(request.as_bytes()).await?;
    Ok(connection)
}

/// Takes the content of whole chunks (RFC 9112, 7.1) from the front; lines of the head are no chunks and go.
fn unchunked(bytes: &mut Vec<u8>) -> Vec<u8> {
    let (mut content, mut from) = (Vec::new(), 0);
    while let Some(line) = bytes[from..].windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&bytes[from..from + line])
            .ok()
            .and_then(|text| usize::from_str_radix(text, 16).ok());
        let start = from + line + 2;
        let Some(size) = size.filter(|size| *size > 0) else {
            from = start;
            continue;
        };
        if bytes.len() < start + size + 2 {
            break;
        }
        content.extend_from_slice(&bytes[start..start + size]);
        from = start + size + 2;
    }
    bytes.drain(..from);
    content
}

/// Seconds since the beginning, resident MiB, seconds of processor time: each second until it is done.
async fn watch(pid: u32, done: Arc<AtomicBool>) -> Vec<(f64, f64, f64)> {
    let began = Instant::now();
    let mut samples = Vec::new();
    while !done.load(Ordering::Relaxed) {
        samples.push((
            began.elapsed().as_secs_f64(),
            process::resident(pid).1 as f64,
            process::processor(pid),
        ));
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    samples
}

fn costs(samples: &[(f64, f64, f64)]) {
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else { return };
    let warm: Vec<(f64, f64)> =
        samples.iter().filter(|(at, ..)| *at >= WARM).map(|(at, memory, _)| (*at, *memory)).collect();
    let shown: Vec<String> =
        samples.iter().step_by(15).map(|(at, memory, _)| format!("{at:.0} s {memory:.0}")).collect();
    println!("  memory of the API in MiB: {}", shown.join(", "));
    println!("  after {WARM:.0} s it changes by {:+.2} MiB a minute", slope(&warm) * 60.0);
    println!("  processor: {:.2} of one core", (last.2 - first.2) / (last.0 - first.0).max(1.0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_whole_out_of_pieces() {
        let mut events = Events::default();
        let mut seen = Vec::new();
        for piece in ["id: 0.1\ndata: {", "}\n", "\nid: 0.2\ndata: 2\n\nid: 0.3"] {
            events
                .add(piece.as_bytes(), |event| seen.push(field(event, "id").unwrap_or_default().to_owned()));
        }
        assert_eq!(seen, ["0.1", "0.2"]);
    }

    #[test]
    fn chunks_are_taken_apart_wherever_they_are_cut() {
        let whole = b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n5\r\nid: 1\r\n3\r\n\n\nx\r\n0\r\n\r\n";
        for cut in 0..whole.len() {
            let mut bytes = whole[..cut].to_vec();
            let mut content = unchunked(&mut bytes);
            bytes.extend_from_slice(&whole[cut..]);
            content.extend(unchunked(&mut bytes));
            assert_eq!(content, b"id: 1\n\nx", "{cut}");
        }
    }
}
