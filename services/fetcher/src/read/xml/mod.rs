//! XML as it comes off wires: tokens of a document that may be broken anywhere, each with what had to be mended to see it.
//!
//! No tree and no second copy of the document: a token is a slice of it, and every search is made once (a terminator that
//! is not there is not looked for again), so that the work is bounded by a small multiple of the document's length.

pub mod attributes;
pub mod doctype;
pub mod named;
pub mod references;
pub mod scan;

pub use scan::{Scanner, Tag, Token};
