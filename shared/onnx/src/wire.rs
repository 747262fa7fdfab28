//! A look over `model.onnx` before `rten` reads it.
//!
//! The reader of `rten` 0.27 never returns from a number of more than ten bytes, and sets aside as much
//! memory as a length in the file asks for. Neither is caught as a panic, so a broken file has to be known
//! before. This checks the frame of the file only: numbers end, and lengths stay within what holds them.

use std::io::{BufRead, Seek};

/// The messages of ONNX that others nest in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    Port,
    Type,
    TensorType,
    Dimensions,
    /// A message whose fields nest no further.
    Flat,
    /// Not a message but numbers in a row.
    Numbers,
}

/// Graphs nest in the branches of other graphs; the reader recurses as this does.
const DEEPEST: usize = 64;
/// A number of 64 bits, seven to a byte.
const LONGEST_NUMBER: usize = 10;

/// What is wrong with the frame of an ONNX file of `size` bytes, if anything.
pub(super) fn check(file: impl BufRead + Seek, size: u64) -> Result<(), String> {
    let mut walk = Walk { file, place: 0, graphs: 0 };
    walk.message(Kind::Model, size, 0)?;
    if walk.graphs == 0 { Err("it holds no graph".into()) } else { Ok(()) }
}

/// What a field of a message holds, if that nests further.
fn nested(kind: Kind, field: u64) -> Option<Kind> {
    Some(match (kind, field) {
        (Kind::Model, 7) | (Kind::Attribute, 6 | 11) => Kind::Graph,
        (Kind::Graph, 1) => Kind::Node,
        (Kind::Graph, 5) | (Kind::Attribute, 5 | 10) => Kind::Tensor,
        (Kind::Graph, 11..=13) => Kind::Port,
        (Kind::Node, 5) => Kind::Attribute,
        (Kind::Port, 2) => Kind::Type,
        (Kind::Type, 1) => Kind::TensorType,
        (Kind::TensorType, 2) => Kind::Dimensions,
        (Kind::Model, 8 | 14) | (Kind::Tensor, 13) | (Kind::Type, 4) | (Kind::Dimensions, 1) => Kind::Flat,
        (Kind::Tensor, 1 | 5 | 7 | 11) | (Kind::Attribute, 8) => Kind::Numbers,
        _ => return None,
    })
}

struct Walk<R> {
    file: R,
    place: u64,
    graphs: usize,
}

impl<R: BufRead + Seek> Walk<R> {
    fn message(&mut self, kind: Kind, end: u64, depth: usize) -> Result<(), String> {
        if depth > DEEPEST {
            return Err("it nests too deep".into());
        }
        self.graphs += usize::from(kind == Kind::Graph);
        while self.place < end {
            let tag = self.number(end)?;
            if kind == Kind::Numbers {
                continue;
            }
            match tag & 7 {
                0 => self.number(end).map(drop)?,
                1 => self.skip(8, end)?,
                5 => self.skip(4, end)?,
                2 => self.part(nested(kind, tag >> 3), end, depth)?,
                _ => return Err(self.wrong("no field of a known form")),
            }
        }
        Ok(())
    }

    fn part(&mut self, kind: Option<Kind>, end: u64, depth: usize) -> Result<(), String> {
        let length = self.number(end)?;
        match (self.place.checked_add(length), kind) {
            (Some(stop), Some(kind)) if stop <= end => self.message(kind, stop, depth + 1),
            _ => self.skip(length, end),
        }
    }

    fn number(&mut self, end: u64) -> Result<u64, String> {
        let mut number = 0;
        for index in 0..LONGEST_NUMBER {
            let byte = self.byte(end)?;
            number |= u64::from(byte & 0x7F) << (7 * index);
            // The last byte has room for a single bit.
            if byte < 0x80 && (index + 1 < LONGEST_NUMBER || byte < 2) {
                return Ok(number);
            }
        }
        Err(self.wrong("a number without end"))
    }

    fn byte(&mut self, end: u64) -> Result<u8, String> {
        let read = self.file.fill_buf().map_err(|error| error.to_string())?;
        let byte = read.first().copied().filter(|_| self.place < end);
        let byte = byte.ok_or_else(|| self.wrong("an early end"))?;
        self.file.consume(1);
        self.place += 1;
        Ok(byte)
    }

    fn skip(&mut self, length: u64, end: u64) -> Result<(), String> {
        let stop = self.place.checked_add(length).filter(|&stop| stop <= end);
        let (Some(stop), Ok(by)) = (stop, i64::try_from(length)) else {
            return Err(self.wrong("a part that is longer than the rest"));
        };
        self.file.seek_relative(by).map_err(|error| error.to_string())?;
        self.place = stop;
        Ok(())
    }

    fn wrong(&self, what: &str) -> String {
        format!("it has {what} at byte {}", self.place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn error(bytes: &[u8]) -> String {
        check(Cursor::new(bytes), bytes.len() as u64).unwrap_err()
    }

    #[test]
    fn broken_frames() {
        assert!(error(b"").contains("no graph"));
        assert!(error(&[0xFF; 64]).contains("number without end"));
        // A length beyond the file, at the top and within the graph.
        assert!(error(&[0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]).contains("longer"));
        assert!(error(&[0x3A, 4, 0x2A, 2, 0x4A, 9]).contains("longer"));
        // Sizes of a tensor that never end.
        let dims = [&[0x3A, 16, 0x2A, 14, 0x0A, 12][..], &[0x80; 12]].concat();
        assert!(error(&dims).contains("number without end"));
        // Graphs in graphs: an attribute's branch in a node's attribute in a node.
        let nest = |inner: Vec<u8>, tag: u8| {
            let length = [inner.len() as u8 & 0x7F | 0x80, (inner.len() >> 7) as u8];
            [&[tag][..], &length, &inner].concat()
        };
        let deep = (0..40).fold(Vec::new(), |inner, _| nest(nest(nest(inner, 0x32), 0x2A), 0x0A));
        assert!(error(&nest(deep, 0x3A)).contains("too deep"));
    }

    #[test]
    fn sound_frames() {
        assert_eq!(check(Cursor::new([0x08, 8, 0x3A, 0]), 4), Ok(()));
    }
}
