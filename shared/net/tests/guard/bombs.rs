//! Bodies that are small on the wire and large, or much work, behind it.

use compression_codecs::brotli::params::EncoderParams;
use compression_codecs::core::Level;
use compression_codecs::core::util::{PartialBuffer, WriteBuffer};
use compression_codecs::flate::params::FlateEncoderParams;
use compression_codecs::{BrotliEncoder, DeflateEncoder, EncodeV2, GzipEncoder, ZlibEncoder, ZstdEncoder};

/// A coding's encoder; `raw` is deflate without its zlib frame.
pub fn encoder(coding: &str) -> Box<dyn EncodeV2> {
    let level = FlateEncoderParams::from(Level::Fastest);
    match coding {
        "gzip" => Box::new(GzipEncoder::new(level)),
        "deflate" => Box::new(ZlibEncoder::new(level)),
        "raw" => Box::new(DeflateEncoder::new(level)),
        "br" => {
            Box::new(BrotliEncoder::new(EncoderParams::default().quality(Level::Fastest).window_size(24)))
        }
        "zstd" => Box::new(ZstdEncoder::new(1)),
        other => panic!("no such coding: {other}"),
    }
}

/// Encodes pieces as one body.
pub fn encode<'a>(coding: &str, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut encoder = encoder(coding);
    let (mut out, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
    for piece in pieces {
        let mut input = PartialBuffer::new(piece);
        while !input.unwritten().is_empty() {
            let mut output = WriteBuffer::new_initialized(&mut buffer);
            encoder.encode(&mut input, &mut output).unwrap();
            out.extend_from_slice(output.written());
        }
    }
    loop {
        let mut output = WriteBuffer::new_initialized(&mut buffer);
        let done = encoder.finish(&mut output).unwrap();
        out.extend_from_slice(output.written());
        if done {
            return out;
        }
    }
}

/// So many MiB of zeros.
pub fn zeros(coding: &str, mib: usize) -> Vec<u8> {
    let piece = vec![0; 1 << 20];
    encode(coding, std::iter::repeat_n(&piece[..], mib))
}

/// A zstd frame (RFC 8878 section 3.1.1) of `blocks` blocks that each repeat one byte 128 KiB times, with a window of
/// 2^`window` bytes.
pub fn zstd_runs(blocks: usize, window: u8) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, (window - 10) << 3];
    for n in 1..=blocks {
        let header = (128 * 1024) << 3 | 1 << 1 | u32::from(n == blocks);
        frame.extend_from_slice(&header.to_le_bytes()[..3]);
        frame.push(b'x');
    }
    frame
}

/// A gzip header whose file name does not end.
pub fn gzip_name(len: usize) -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0b1000, 0, 0, 0, 0, 0, 3];
    bytes.resize(len, b'n');
    bytes
}

/// `piece` again and again, up to `len` bytes.
pub fn again(piece: &[u8], len: usize) -> Vec<u8> {
    piece.iter().copied().cycle().take(len / piece.len() * piece.len()).collect()
}

/// Deflate blocks with Huffman tables of their own and nothing in them (RFC 1951 section 3.2.7), in a gzip member that
/// goes on for `len` bytes.
pub fn gzip_tables(len: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    // Not the last block, dynamic; 257 literal codes, 1 distance code, 18 code lengths.
    bits.put(0, 1);
    bits.put(2, 2);
    bits.put(0, 5);
    bits.put(0, 5);
    bits.put(14, 4);
    // Code lengths in the order 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1: 18 and 1 have codes of one bit.
    for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1] {
        bits.put(u32::from(symbol == 18 || symbol == 1), 3);
    }
    // Symbol 1 is code 0, symbol 18 code 1. 255 zeros (138 + 117), a one-bit code for 255 and one for 256, one distance.
    bits.put(1, 1);
    bits.put(127, 7);
    bits.put(1, 1);
    bits.put(117 - 11, 7);
    bits.put(0, 1);
    bits.put(0, 1);
    bits.put(0, 1);
    // End of block: 255 is code 0, 256 is code 1.
    bits.put(1, 1);
    let mut all = Bits::default();
    while all.bytes.len() < len {
        for &bit in &bits.all {
            all.put(bit, 1);
        }
    }
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    bytes.extend(all.bytes);
    bytes
}

/// Deflate blocks with the fixed tables and nothing in them, ten bits each: a decoder sets its tables up for every one.
pub fn gzip_blocks(len: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    for _ in 0..4 {
        bits.put(0, 1);
        bits.put(1, 2);
        bits.put(0, 7);
    }
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    bytes.extend(again(&bits.bytes, len));
    bytes
}

#[derive(Default)]
struct Bits {
    all: Vec<u32>,
    bytes: Vec<u8>,
    used: usize,
}

impl Bits {
    fn put(&mut self, value: u32, count: usize) {
        for at in 0..count {
            let bit = value >> at & 1;
            if self.all.len() < 1024 {
                self.all.push(bit);
            }
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= u8::try_from(bit << (self.used % 8)).unwrap();
            self.used += 1;
        }
    }
}
