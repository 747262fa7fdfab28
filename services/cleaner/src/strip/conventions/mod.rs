//! Wire conventions: what an agency prints around its text, taken out and named.

pub mod agencies;
pub(crate) mod apply;
pub(crate) mod dateline;
pub(crate) mod embargo;
pub(crate) mod kind;
pub(crate) mod marks;
pub(crate) mod months;
pub(crate) mod signature;

pub(crate) use apply::{Context, Draft, apply};
