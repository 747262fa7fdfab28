//! Which request a proxy waits for, seen in the bytes of the two protocols.

/// A request, told from the others by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Postgres: the statement COMMIT.
    PostgresCommit,
    /// Postgres: the end of any statement with parameters.
    PostgresSync,
    /// Kafka: a request with this key: 0 Produce, 8 OffsetCommit, 26 EndTxn.
    Kafka(u16),
}

/// Kafka's Produce.
pub const PRODUCE: Request = Request::Kafka(0);
/// Kafka's OffsetCommit.
pub const OFFSET_COMMIT: Request = Request::Kafka(8);
/// Kafka's EndTxn.
pub const END_TXN: Request = Request::Kafka(26);

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ambush {
    /// Which.
    pub request: Request,
    /// The request is lost, else it is carried out and the answer is lost.
    pub lose_request: bool,
}

/// Kafka's requests in a stream of chunks: four bytes of size, two bytes of key, the rest.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    head: Vec<u8>,
    left: usize,
}

impl Frames {
    /// How many such requests begin or end in this chunk.
    pub fn count(&mut self, request: Request, chunk: &[u8]) -> u32 {
        let keys = self.pass(chunk);
        match request {
            Request::Kafka(key) => keys.iter().filter(|found| **found == key).count() as u32,
            Request::PostgresCommit => u32::from(chunk.windows(12).any(|w| w == b"Q\0\0\0\x0bCOMMIT\0")),
            Request::PostgresSync => u32::from(chunk.ends_with(b"S\0\0\0\x04")),
        }
    }

    /// The keys of the requests that begin in this chunk, read as Kafka's.
    pub fn pass(&mut self, mut chunk: &[u8]) -> Vec<u16> {
        let mut keys = Vec::new();
        while !chunk.is_empty() {
            if self.left > 0 {
                let skipped = self.left.min(chunk.len());
                self.left -= skipped;
                chunk = &chunk[skipped..];
                continue;
            }
            let taken = (6 - self.head.len()).min(chunk.len());
            self.head.extend_from_slice(&chunk[..taken]);
            chunk = &chunk[taken..];
            if let &[a, b, c, d, e, f] = self.head.as_slice() {
                keys.push(u16::from_be_bytes([e, f]));
                self.left = (u32::from_be_bytes([a, b, c, d]) as usize).saturating_sub(2);
                self.head.clear();
            }
        }
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_found_across_chunks() {
        let frame = |key: u16, body: usize| {
            let mut bytes = (body as u32 + 2).to_be_bytes().to_vec();
            bytes.extend(key.to_be_bytes());
            bytes.extend(vec![7; body]);
            bytes
        };
        let stream: Vec<u8> = [frame(0, 300), frame(26, 40), frame(8, 0), frame(26, 9)].concat();
        for size in [1, 5, 6, 7, 64, 1000] {
            let mut frames = Frames::default();
            let found: u32 = stream.chunks(size).map(|chunk| frames.count(END_TXN, chunk)).sum();
            assert_eq!(found, 2, "chunks of {size}");
        }
        let mut frames = Frames::default();
        assert_eq!(frames.count(Request::PostgresCommit, b"...Q\0\0\0\x0bCOMMIT\0"), 1);
        assert_eq!(frames.count(Request::PostgresCommit, b"Q\0\0\0\x0dROLLBACK\0"), 0);
        assert_eq!(frames.count(Request::PostgresSync, b"E\0\0\0\x09\0\0\0\0\0S\0\0\0\x04"), 1);
    }
}
