//! Content codings, taken off one by one as bytes arrive. Nothing here grows with what a server claims: each layer works
//! in one buffer, and windows are capped.

use std::io;

use compression_codecs::core::util::{PartialBuffer, WriteBuffer};
use compression_codecs::zstd::params::DParameter;
use compression_codecs::{BrotliDecoder, DecodeV2, DeflateDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder};
use reqwest::header::{self, HeaderMap};

/// What is asked for.
pub(crate) const ACCEPTED: &str = "gzip, br, zstd, deflate";
/// Most codings on top of each other.
const DEEPEST: usize = 3;
/// Size of a layer's buffer in bytes.
const BUFFER: usize = 32 * 1024;
/// Most bytes that a layer takes in at a time, and after how many in or out the sink is asked whether to go on.
const WATCHED: usize = 4 * 1024;
/// Largest zstd window, as a power of two: RFC 9659 allows servers 8 MiB. zstd itself would take 128.
const ZSTD_WINDOW_LOG: u32 = 23;

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Gzip,
    Brotli,
    Zstd,
    Deflate,
}

/// Why decoding ended early.
#[derive(Debug)]
pub(crate) enum Fault {
    /// More than the cap; so many bytes were seen.
    TooLarge(u64),
    /// It does not decode, in words.
    Broken(String),
}

/// What takes decoded bytes.
pub(crate) trait Sink {
    /// Takes the next bytes.
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault>;

    /// May decoding go on? Asked after every [`WATCHED`] bytes: millions of blocks with nothing in them fit into a body
    /// within its cap.
    fn go_on(&self) -> Result<(), Fault>;
}

/// The layers of a body, the outermost first.
pub(crate) struct Layers {
    layers: Vec<Layer>,
    limit: usize,
}

impl Layers {
    /// The layers that a response's headers name; the text where one of them is not known.
    pub(crate) fn of(headers: &HeaderMap, limit: usize) -> Result<Self, String> {
        let mut layers = Vec::new();
        for value in headers.get_all(header::CONTENT_ENCODING) {
            let text = String::from_utf8_lossy(value.as_bytes());
            for name in text.split(',') {
                layers.extend(coding(name.trim()).ok_or_else(|| shorten(&text))?.map(Layer::new));
            }
            if layers.len() > DEEPEST {
                return Err(shorten(&text));
            }
        }
        layers.reverse();
        Ok(Self { layers, limit })
    }

    /// Is the body as it comes?
    pub(crate) fn is_plain(&self) -> bool {
        self.layers.is_empty()
    }

    /// Decodes the next bytes of the wire.
    pub(crate) fn feed(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Fault> {
        feed(&mut self.layers, self.limit, bytes, sink)
    }

    /// The wire has ended: what is still held back comes out, and what broke off shows.
    pub(crate) fn finish(&mut self, sink: &mut dyn Sink) -> Result<(), Fault> {
        finish(&mut self.layers, self.limit, sink)
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(60).collect()
}

/// The coding of a name (RFC 9110 section 8.4.1); `Some(None)` for what is none.
fn coding(name: &str) -> Option<Option<Coding>> {
    Some(Some(match name.to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" => Coding::Gzip,
        "br" => Coding::Brotli,
        "zstd" => Coding::Zstd,
        "deflate" => Coding::Deflate,
        // Charsets and transfer encodings that servers write here by mistake: the body is as it comes.
        "" | "identity" | "none" | "utf-8" | "utf8" | "iso-8859-1" | "binary" | "7bit" | "8bit" => {
            return Some(None);
        }
        _ => return None,
    }))
}

type Decoder = Box<dyn DecodeV2 + Send>;

struct Layer {
    coding: Coding,
    /// Made with the first byte, which tells the two sorts of deflate apart.
    decoder: Option<Decoder>,
    /// A member or frame has ended, and no other has begun.
    ended: bool,
    /// What comes now is no part of the body.
    padded: bool,
    /// Bytes that came in.
    taken: usize,
    /// Bytes in and out since the sink was asked.
    unwatched: usize,
    buffer: Box<[u8]>,
}

impl Layer {
    fn new(coding: Coding) -> Self {
        Self {
            coding,
            decoder: None,
            ended: false,
            padded: false,
            taken: 0,
            unwatched: 0,
            buffer: vec![0; BUFFER].into(),
        }
    }

    /// The decoder for bytes that start with `first`; `None` where they are no part of the body.
    fn decoder(&mut self, first: u8) -> Result<Option<&mut Decoder>, Fault> {
        if self.ended {
            let again = match self.coding {
                // Anything else after the last member is padding.
                Coding::Gzip => first == 0x1f,
                // A frame, or a skippable one (RFC 8878 section 3.1).
                Coding::Zstd => first == 0x28 || (0x50..=0x5f).contains(&first),
                Coding::Brotli | Coding::Deflate => false,
            };
            let Some(decoder) = self.decoder.as_mut().filter(|_| again) else { return Ok(None) };
            decoder.reinit().map_err(broken)?;
            self.ended = false;
        }
        if self.decoder.is_none() {
            self.decoder = Some(decoder(self.coding, first)?);
        }
        Ok(self.decoder.as_mut())
    }
}

fn decoder(coding: Coding, first: u8) -> Result<Decoder, Fault> {
    Ok(match coding {
        Coding::Gzip => Box::new(GzipDecoder::new()),
        Coding::Zstd => {
            Box::new(ZstdDecoder::new_with_params(&[DParameter::window_log_max(ZSTD_WINDOW_LOG)]))
        }
        // RFC 7932 section 9.1 keeps this beginning free; decoders take it for windows of up to 1 GiB.
        Coding::Brotli if first & 0x7f == 0x11 => {
            return Err(Fault::Broken("brotli with a window over 16 MiB".to_owned()));
        }
        Coding::Brotli => Box::new(BrotliDecoder::new()),
        // Said to be zlib (RFC 9110 section 8.4.1.2), sent raw by some: a zlib header never begins raw deflate.
        Coding::Deflate if first & 0x0f == 8 && first >> 4 <= 7 => Box::new(ZlibDecoder::new()),
        Coding::Deflate => Box::new(DeflateDecoder::new()),
    })
}

fn broken(error: io::Error) -> Fault {
    Fault::Broken(error.to_string())
}

fn feed(layers: &mut [Layer], limit: usize, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Fault> {
    let Some((layer, rest)) = layers.split_first_mut() else { return sink.take(bytes) };
    // Between two layers nothing is kept, but a bomb in a bomb would keep us busy.
    layer.taken = layer.taken.saturating_add(bytes.len());
    if layer.taken > limit {
        return Err(Fault::TooLarge(layer.taken as u64));
    }
    for piece in bytes.chunks(WATCHED) {
        if layer.padded {
            return Ok(());
        }
        decode(layer, rest, limit, piece, sink)?;
    }
    Ok(())
}

fn decode(
    layer: &mut Layer,
    rest: &mut [Layer],
    limit: usize,
    piece: &[u8],
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let mut input = PartialBuffer::new(piece);
    while let Some(&first) = input.unwritten().first() {
        if layer.unwatched >= WATCHED {
            sink.go_on()?;
            layer.unwatched = 0;
        }
        let before = input.written_len();
        let mut buffer = std::mem::take(&mut layer.buffer);
        let Some(decoder) = layer.decoder(first)? else {
            layer.padded = true;
            return Ok(());
        };
        let mut output = WriteBuffer::new_initialized(&mut buffer);
        layer.ended = decoder.decode(&mut input, &mut output).map_err(broken)?;
        let written = output.written_len();
        feed(rest, limit, &buffer[..written], sink)?;
        layer.buffer = buffer;
        layer.unwatched += written + input.written_len() - before;
        if !layer.ended && written == 0 && input.written_len() == before {
            return Err(Fault::Broken("it does not go on".to_owned()));
        }
    }
    Ok(())
}

fn finish(layers: &mut [Layer], limit: usize, sink: &mut dyn Sink) -> Result<(), Fault> {
    let Some((layer, rest)) = layers.split_first_mut() else { return Ok(()) };
    while !layer.ended {
        sink.go_on()?;
        // Nothing came at all: an empty body is no broken one.
        let Some(decoder) = layer.decoder.as_mut() else { break };
        let mut output = WriteBuffer::new_initialized(&mut layer.buffer);
        layer.ended = decoder.finish(&mut output).map_err(broken)?;
        let written = output.written_len();
        feed(rest, limit, &layer.buffer[..written], sink)?;
        if !layer.ended && written == 0 {
            return Err(Fault::Broken("it broke off".to_owned()));
        }
    }
    finish(rest, limit, sink)
}
