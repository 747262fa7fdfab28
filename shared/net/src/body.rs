//! Reading a body within its cap.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{Response, header};
use rustix::time::{ClockId, clock_gettime};

use crate::encoding::{Fault, Layers, Sink};

/// How much of a body that is too large is kept, in bytes: as much as must be read of a robots.txt (RFC 9309, 2.5).
pub(crate) const HEAD: usize = 500 * 1024;
/// How much is decoded before others on this thread get their turn, in bytes of the wire.
const SLICE: usize = 64 * 1024;

/// Most processor time for decoding one body: several times what 16 MiB take in the slowest coding.
const EFFORT: Duration = Duration::from_millis(500);
/// Most pieces in which a body may come, besides one for every [`CRUMB`] bytes: each piece costs a microsecond, so chunks
/// of one byte would cost more than all that they bring.
const PIECES: usize = 10_000;
/// See [`PIECES`]; in bytes.
const CRUMB: usize = 64;

/// Why there is no whole body.
pub(crate) enum Unread {
    /// Over the cap: bytes seen, how that is known, and what the beginning was.
    TooLarge(u64, &'static str, Bytes),
    /// It does not decode, in words.
    Broken(String),
    /// The connection gave up.
    Transport(reqwest::Error),
}

/// A body as it is collected: never larger than its cap, and never reserving more than twice what came.
pub(crate) struct Collected {
    bytes: Vec<u8>,
    limit: usize,
    /// Processor time that decoding has taken in the steps before.
    spent: Duration,
    /// This thread's processor time when this step began.
    since: Duration,
}

impl Collected {
    pub(crate) fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit, spent: Duration::ZERO, since: Duration::ZERO }
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        self.bytes.into()
    }

    /// Runs a step of decoding and counts its processor time, which a busy machine does not lengthen.
    fn step<T>(&mut self, step: impl FnOnce(&mut Self) -> T) -> T {
        self.since = processor();
        let done = step(self);
        self.spent += processor().saturating_sub(self.since);
        done
    }

    fn head(mut self) -> Bytes {
        self.bytes.truncate(HEAD);
        self.bytes.shrink_to_fit();
        self.bytes.into()
    }
}

impl Sink for Collected {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let len = self.bytes.len();
        let whole = len.saturating_add(bytes.len());
        if whole > self.limit {
            let head = HEAD.saturating_sub(len).min(bytes.len());
            self.bytes.extend_from_slice(&bytes[..head]);
            return Err(Fault::TooLarge(whole as u64));
        }
        if whole > self.bytes.capacity() {
            let room = whole.max(len.saturating_mul(2)).min(self.limit);
            self.bytes.reserve_exact(room - len);
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn go_on(&self) -> Result<(), Fault> {
        let spent = self.spent + processor().saturating_sub(self.since);
        if spent > EFFORT {
            return Err(Fault::Broken(format!(
                "decompressing it takes more than {} ms of processor time",
                EFFORT.as_millis()
            )));
        }
        Ok(())
    }
}

/// The processor time of this thread.
fn processor() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
}

/// Reads the whole body.
pub(crate) async fn read(response: &mut Response, layers: Layers, limit: usize) -> Result<Bytes, Unread> {
    let mut collected = Collected::new(limit);
    match fill(response, layers, &mut collected).await {
        Ok(()) => Ok(collected.into_bytes()),
        Err(Stopped::Fault(Fault::TooLarge(seen), how)) => Err(Unread::TooLarge(seen, how, collected.head())),
        Err(Stopped::Fault(Fault::Broken(detail), _)) => Err(Unread::Broken(detail)),
        Err(Stopped::Transport(error)) => Err(Unread::Transport(error)),
    }
}

/// Reads what comes of a body whose faults do not matter.
pub(crate) async fn glance(response: &mut Response, layers: Layers, collected: &mut Collected) {
    let _ = fill(response, layers, collected).await;
}

/// Takes the codings that `Content-Encoding` names off a whole body, as it is done with one that comes in pieces.
///
/// # Errors
/// In words, where a coding is not known, where the body does not decode, and where it is larger than `limit`.
pub fn decoded(codings: &str, body: &[u8], limit: usize) -> Result<Bytes, String> {
    let mut headers = header::HeaderMap::new();
    let value = header::HeaderValue::from_str(codings).map_err(|error| error.to_string())?;
    headers.insert(header::CONTENT_ENCODING, value);
    let mut layers = Layers::of(&headers, limit)?;
    let mut sink = Collected::new(limit);
    let taken = sink.step(|sink| layers.feed(body, sink).and_then(|()| layers.finish(sink)));
    match taken {
        Ok(()) => Ok(sink.into_bytes()),
        Err(Fault::TooLarge(seen)) => Err(format!("{seen} bytes are more than {limit}")),
        Err(Fault::Broken(detail)) => Err(detail),
    }
}

enum Stopped {
    Fault(Fault, &'static str),
    Transport(reqwest::Error),
}

async fn fill(response: &mut Response, mut layers: Layers, sink: &mut Collected) -> Result<(), Stopped> {
    const READ: &str = "read so far";
    // The transport decodes nothing: this is the length on the wire, which is no length of a compressed body.
    let declared = response.content_length().filter(|n| *n > sink.limit as u64);
    let (mut wire, mut pieces) = (0_usize, 0_usize);
    while let Some(chunk) = response.chunk().await.map_err(Stopped::Transport)? {
        wire = wire.saturating_add(chunk.len());
        pieces += 1;
        if pieces > PIECES + wire / CRUMB {
            let detail = format!("{wire} bytes came in {pieces} pieces");
            return Err(Stopped::Fault(Fault::Broken(detail), READ));
        }
        for (number, slice) in chunk.chunks(SLICE).enumerate() {
            if number > 0 && !layers.is_plain() {
                tokio::task::yield_now().await;
            }
            let fed =
                if layers.is_plain() { sink.take(slice) } else { sink.step(|sink| layers.feed(slice, sink)) };
            // One look at what it is, before it is refused for its declared length.
            if let Some(declared) = declared {
                return Err(Stopped::Fault(Fault::TooLarge(declared), "declared"));
            }
            fed.map_err(|f| Stopped::Fault(f, READ))?;
        }
        if wire > sink.limit {
            return Err(Stopped::Fault(Fault::TooLarge(wire as u64), READ));
        }
    }
    sink.step(|sink| layers.finish(sink)).map_err(|f| Stopped::Fault(f, READ))
}
