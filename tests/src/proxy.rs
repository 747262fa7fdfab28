//! A TCP proxy on loopback that fails as networks do: it cuts, refuses, holds bytes back, loses them while the socket stays open,
//! delays them, and loses the answer to a commit.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::ambush::{Ambush, Frames};

/// What happens to the bytes of one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// They pass.
    #[default]
    Pass,
    /// Each chunk comes later by this.
    Delay(Duration),
    /// They wait, and come when the weather changes.
    Hold,
    /// They are lost for ever while the socket stays open: the connection is dead from then on, and its client is not told.
    Swallow,
}

/// The weather on all connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weather {
    /// New connections are closed at once.
    pub refuse: bool,
    /// From the process to the server.
    pub up: Flow,
    /// From the server to the process.
    pub down: Flow,
}

impl Weather {
    /// The same in both directions.
    pub fn both(flow: Flow) -> Self {
        Self { refuse: false, up: flow, down: flow }
    }
}

/// What was done to connections, by name: `accepted`, `refused`, `cut`, `held`, `swallowed`, `delayed`, `answer lost`, `request lost`.
#[derive(Debug, Default)]
pub struct Counts(Mutex<BTreeMap<&'static str, u64>>);

impl Counts {
    fn add(&self, what: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(what).or_default() += 1;
    }

    /// How often it was done.
    pub fn of(&self, what: &str) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(what).copied().unwrap_or_default()
    }
}

struct Shared {
    weather: watch::Sender<Weather>,
    cuts: watch::Sender<u64>,
    counts: Counts,
    ambush: Mutex<Option<(Ambush, u32)>>,
    open: AtomicU64,
}

impl Shared {
    fn ambush(&self) -> MutexGuard<'_, Option<(Ambush, u32)>> {
        self.ambush.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does this chunk of requests have the one that is waited for?
    fn caught(&self, frames: &mut Frames, chunk: &[u8]) -> Option<Ambush> {
        let mut armed = self.ambush();
        let Some((ambush, left)) = armed.as_mut() else {
            frames.pass(chunk);
            return None;
        };
        let ambush = *ambush;
        let times = frames.count(ambush.request, chunk);
        if times == 0 {
            return None;
        }
        *left = left.saturating_sub(times);
        if *left > 0 {
            return None;
        }
        *armed = None;
        Some(ambush)
    }
}

/// The proxy; its connections end with it.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    _stop: DropGuard,
}

impl Proxy {
    /// A proxy on a free port to this port of loopback.
    ///
    /// # Errors
    /// The socket's.
    pub async fn to(port: u16) -> std::io::Result<Self> {
        Self::between(0, port).await
    }

    /// A proxy on this port to that one.
    ///
    /// # Errors
    /// The socket's.
    pub async fn between(listen: u16, port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", listen)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            weather: watch::channel(Weather::default()).0,
            cuts: watch::channel(0).0,
            counts: Counts::default(),
            ambush: Mutex::default(),
            open: AtomicU64::new(0),
        });
        let stop = CancellationToken::new();
        let serving = accept(listener, port, shared.clone(), stop.clone());
        tokio::spawn(stop.clone().run_until_cancelled_owned(serving));
        Ok(Self { address, shared, _stop: stop.drop_guard() })
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What was done.
    pub fn counts(&self) -> &Counts {
        &self.shared.counts
    }

    /// Connections that are open now.
    pub fn open(&self) -> u64 {
        self.shared.open.load(Ordering::Relaxed)
    }

    /// From now on the weather is this. Connections that lost bytes stay dead; their servers see them closed.
    pub fn weather(&self, weather: Weather) {
        self.shared.weather.send_replace(weather);
    }

    /// Cuts every connection, the dead ones too.
    pub fn cut(&self) {
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Waits for the n-th such request from now on, and loses it or its answer together with the connection.
    pub fn ambush(&self, ambush: Ambush, nth: u32) {
        *self.shared.ambush() = Some((ambush, nth.max(1)));
    }

    /// Is it still waited for?
    pub fn lies_in_ambush(&self) -> bool {
        self.shared.ambush().is_some()
    }

    /// Waits no more.
    pub fn give_up_ambush(&self) {
        *self.shared.ambush() = None;
    }
}

async fn accept(listener: TcpListener, port: u16, shared: Arc<Shared>, stop: CancellationToken) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = client.set_nodelay(true);
        if shared.weather.borrow().refuse {
            shared.counts.add("refused");
            // A reset, as of a port on which nobody listens.
            let _ = client.set_zero_linger();
            continue;
        }
        shared.counts.add("accepted");
        let carrying = carry(client, port, shared.clone());
        tokio::spawn(stop.clone().run_until_cancelled_owned(carrying));
    }
}

/// One connection and what became of it.
#[derive(Default)]
struct Link {
    /// Bytes were lost: nothing passes any more.
    dead: AtomicBool,
    /// The next answer is lost with the connection.
    lose_answer: AtomicBool,
}

async fn carry(client: TcpStream, port: u16, shared: Arc<Shared>) {
    let mut cuts = shared.cuts.subscribe();
    // A server that is away: the client sees its connection closed.
    let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let _ = server.set_nodelay(true);
    shared.open.fetch_add(1, Ordering::Relaxed);
    let link = Link::default();
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = requests(from_client, to_server, &shared, &link) => {}
        () = answers(from_server, to_client, &shared, &link) => {}
        _ = cuts.changed() => shared.counts.add("cut"),
    }
    shared.open.fetch_sub(1, Ordering::Relaxed);
}

/// Waits as the weather says; false where the bytes are lost.
async fn passes(shared: &Shared, link: &Link, which: fn(&Weather) -> Flow) -> bool {
    let mut weather = shared.weather.subscribe();
    loop {
        if link.dead.load(Ordering::Relaxed) {
            return false;
        }
        let flow = which(&weather.borrow_and_update());
        match flow {
            Flow::Pass => return true,
            Flow::Delay(time) => {
                shared.counts.add("delayed");
                tokio::time::sleep(time).await;
                return true;
            }
            Flow::Hold => {
                shared.counts.add("held");
                let _ = weather.changed().await;
            }
            Flow::Swallow => {
                if !link.dead.swap(true, Ordering::Relaxed) {
                    shared.counts.add("swallowed");
                }
                return false;
            }
        }
    }
}

async fn requests(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared, link: &Link) {
    let mut frames = Frames::default();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else { return };
        if !passes(shared, link, |weather| weather.up).await {
            continue;
        }
        if let Some(ambush) = shared.caught(&mut frames, &buffer[..read]) {
            if ambush.lose_request {
                shared.counts.add("request lost");
                return;
            }
            link.lose_answer.store(true, Ordering::Relaxed);
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

async fn answers(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared, link: &Link) {
    let mut buffer = vec![0; 64 << 10];
    let mut weather = shared.weather.subscribe();
    loop {
        // Once the weather is fair, the server of a dead connection has given it up; its client was not told.
        let read = tokio::select! {
            read = from.read(&mut buffer) => read,
            _ = weather.wait_for(|now| link.dead.load(Ordering::Relaxed) && *now == Weather::default()) => Ok(0),
        };
        let Ok(read @ 1..) = read else {
            if link.dead.load(Ordering::Relaxed) {
                drop(from);
                std::future::pending::<()>().await;
            }
            return;
        };
        if link.lose_answer.load(Ordering::Relaxed) {
            shared.counts.add("answer lost");
            return;
        }
        if passes(shared, link, |weather| weather.down).await && to.write_all(&buffer[..read]).await.is_err()
        {
            return;
        }
    }
}
