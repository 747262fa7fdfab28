//! The file of a model.
//!
//! `WDNER`, the form (1), transitions (9 × 10 i16: from each label, then from the start of a sentence), scale (f32), number of
//! features (u32), then for each feature in rising order its key (u32) and nine weights (i16), all little-endian. A weight of 1 stands for `scale`.

use super::features::FORM;
use super::labels::LABELS;
use super::table::{Table, Weights};
use crate::fnv::digest;

const MAGIC: &[u8; 5] = b"WDNER";
const SHIPPED: &[u8] = include_bytes!("../../../../vocab/ner.bin");

/// Weights of transitions: `[before][label]`, the last row from the start of a sentence.
pub(super) type Transitions = [[i16; LABELS]; LABELS + 1];

/// A trained model.
#[derive(Debug)]
pub struct Model {
    pub(super) transitions: Transitions,
    pub(super) table: Table,
    pub(super) scale: f32,
    /// Of the file.
    pub(super) digest: u32,
}

/// A file that holds no model of this form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("this is no model of entities of form 1; make one with `wiredesk tool ner train`")
    }
}

impl std::error::Error for Unreadable {}

impl Model {
    /// The model in the executable.
    pub fn shipped() -> Self {
        Self::read(SHIPPED).unwrap_or_else(|_| Self::empty())
    }

    /// A model that knows nothing.
    pub fn empty() -> Self {
        Self { transitions: [[0; LABELS]; LABELS + 1], table: Table::new(&[]), scale: 1.0, digest: 0 }
    }

    /// Reads a model.
    ///
    /// # Errors
    /// [`Unreadable`] where the bytes are cut, of another form, or not a model.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let rest = bytes.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix(&[FORM])).ok_or(Unreadable)?;
        let (table, rest) = rest.split_first_chunk::<{ 2 * LABELS * (LABELS + 1) }>().ok_or(Unreadable)?;
        let (scale, rest) = rest.split_first_chunk::<4>().ok_or(Unreadable)?;
        let (count, rest) = rest.split_first_chunk::<4>().ok_or(Unreadable)?;
        let (rows, left) = rest.as_chunks::<{ 4 + 2 * LABELS }>();
        if !left.is_empty() || rows.len() != u32::from_le_bytes(*count) as usize {
            return Err(Unreadable);
        }
        let mut transitions = Transitions::default();
        for (row, bytes) in transitions.iter_mut().zip(table.as_chunks::<{ 2 * LABELS }>().0) {
            *row = weights(bytes);
        }
        let features: Vec<(u32, Weights)> = rows.iter().map(feature).collect();
        Ok(Self {
            transitions,
            table: Table::new(&features),
            scale: f32::from_le_bytes(*scale),
            digest: digest(bytes),
        })
    }
}

fn feature(row: &[u8; 4 + 2 * LABELS]) -> (u32, Weights) {
    let (key, rest) = row.split_at(4);
    (key.iter().rev().fold(0, |key, byte| key << 8 | u32::from(*byte)), weights(rest))
}

fn weights(bytes: &[u8]) -> Weights {
    let mut out = Weights::default();
    for (to, from) in out.iter_mut().zip(bytes.as_chunks::<2>().0) {
        *to = i16::from_le_bytes(*from);
    }
    out
}

/// The file of a model with these weights.
pub(super) fn write(transitions: &Transitions, scale: f32, features: &[(u32, Weights)]) -> Vec<u8> {
    let mut out = Vec::with_capacity(128 + features.len() * (4 + 2 * LABELS));
    out.extend(MAGIC);
    out.push(FORM);
    out.extend(transitions.iter().flatten().flat_map(|w| w.to_le_bytes()));
    out.extend(scale.to_le_bytes());
    out.extend((features.len() as u32).to_le_bytes());
    for (key, weights) in features {
        out.extend(key.to_le_bytes());
        out.extend(weights.iter().flat_map(|w| w.to_le_bytes()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let mut transitions = Transitions::default();
        transitions[9][3] = -7;
        let features = [(5, [1, -2, 3, 0, 0, 0, 0, 0, 9]), (0xffff_0005, [4; LABELS])];
        let file = write(&transitions, 0.25, &features);
        let model = Model::read(&file).unwrap();
        assert_eq!(model.transitions, transitions);
        assert_eq!(features.map(|(key, _)| model.table.get(key).copied()), features.map(|(_, w)| Some(w)));
        assert_eq!(model.table.get(6), None);
        for end in 0..file.len() {
            assert!(Model::read(&file[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn the_shipped_model_is_one() {
        assert!(Model::read(SHIPPED).is_ok());
    }
}
