//! What is kept of an entry in Postgres, in bytes: a restart reads a million of them in seconds.
//!
//! Version, status, change, relation (a byte each), similarity (f32), end of the embargo (seconds, i64), hash of the source (u64),
//! five texts (length u16, UTF-8): agency, the agency credited, `duplicate_of`, `syndicated_from`, `repeats`; then the sketch. Numbers are
//! little-endian.

use chrono::DateTime;
use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{Change, Relation};

use super::digits::Digits;
use super::entry::{Entry, Links, Origin, Said};
use super::sketch::{BINS, Sketch};

/// Version of this form.
const FORM: u8 = 1;
const STATUS: [PubStatus; 3] = [PubStatus::Usable, PubStatus::Withheld, PubStatus::Canceled];
const CHANGES: [Change; 9] = [
    Change::New,
    Change::TitleOnly,
    Change::Minor,
    Change::Expanded,
    Change::Corrected,
    Change::Cut,
    Change::Rewritten,
    Change::Status,
    Change::Withdrawn,
];
const RELATIONS: [Option<Relation>; 7] = [
    None,
    Some(Relation::Resend),
    Some(Relation::Cut),
    Some(Relation::Expanded),
    Some(Relation::Corrected),
    Some(Relation::Rewritten),
    Some(Relation::TemplateSibling),
];

/// The parts of an entry that are kept, as bytes.
pub(super) fn write(entry: &Entry) -> Vec<u8> {
    let (origin, said, sketch) = (&entry.origin, &entry.said, &entry.sketch);
    let mut out = Vec::with_capacity(256 + 4 * sketch.hashes.len() + BINS);
    out.push(FORM);
    out.push(place(&STATUS, &origin.status));
    out.push(place(&CHANGES, &said.change));
    out.push(place(&RELATIONS, &said.relation));
    out.extend(said.similarity.to_le_bytes());
    out.extend(origin.embargoed_until.map_or(i64::MIN, |end| end.timestamp()).to_le_bytes());
    out.extend(origin.source.to_le_bytes());
    let digits = |id: Option<&Digits>| id.map(Digits::to_string).unwrap_or_default();
    let links = said.links.as_deref();
    for text in [
        origin.agency.as_deref().unwrap_or_default(),
        origin.credited.as_deref().unwrap_or_default(),
        &digits(said.duplicate_of.as_ref()),
        &digits(links.and_then(|l| l.syndicated_from.as_ref())),
        &digits(links.and_then(|l| l.repeats.as_ref())),
    ] {
        let text = text.get(..text.floor_char_boundary(usize::from(u16::MAX))).unwrap_or_default();
        out.extend((text.len() as u16).to_le_bytes());
        out.extend(text.as_bytes());
    }
    out.extend(sketch.exact.to_le_bytes());
    out.extend(sketch.headline.to_le_bytes());
    out.extend(sketch.printed.to_le_bytes());
    out.extend(sketch.words.to_le_bytes());
    out.push(sketch.shift);
    sketch.ends.iter().for_each(|end| out.extend(end.to_le_bytes()));
    out.extend(sketch.letters.iter());
    sketch.hashes.iter().for_each(|hash| out.extend(hash.to_le_bytes()));
    out
}

fn place<T: PartialEq>(all: &[T], one: &T) -> u8 {
    all.iter().position(|x| x == one).unwrap_or_default() as u8
}

/// What [`write`] wrote; `None` for anything else.
pub(super) fn read(bytes: &[u8]) -> Option<(Origin, Said, Sketch)> {
    let mut rest = bytes;
    let [form, status, change, relation] = take(&mut rest)?;
    if form != FORM {
        return None;
    }
    let similarity = f32::from_le_bytes(take(&mut rest)?);
    let end = i64::from_le_bytes(take(&mut rest)?);
    let source = u64::from_le_bytes(take(&mut rest)?);
    let mut text = || {
        let length = u16::from_le_bytes(take(&mut rest)?);
        let (text, after) = rest.split_at_checked(usize::from(length))?;
        rest = after;
        std::str::from_utf8(text).ok()
    };
    let (agency, credited) = (text()?, text()?);
    let mut digits = || text().map(|t| Some(t).filter(|t| !t.is_empty()).map(Digits::new));
    let (duplicate_of, syndicated_from, repeats) = (digits()?, digits()?, digits()?);
    let origin = Origin {
        status: *STATUS.get(usize::from(status))?,
        embargoed_until: if end == i64::MIN { None } else { Some(DateTime::from_timestamp(end, 0)?) },
        agency: Some(agency).filter(|a| !a.is_empty()).map(Into::into),
        credited: Some(credited).filter(|a| !a.is_empty()).map(Into::into),
        source,
    };
    let said = Said {
        change: *CHANGES.get(usize::from(change))?,
        relation: *RELATIONS.get(usize::from(relation))?,
        similarity,
        duplicate_of,
        links: Links::of(syndicated_from, repeats),
    };
    let exact = u128::from_le_bytes(take(&mut rest)?);
    let headline = u64::from_le_bytes(take(&mut rest)?);
    let printed = u64::from_le_bytes(take(&mut rest)?);
    let words = u32::from_le_bytes(take(&mut rest)?);
    let [shift] = take(&mut rest)?;
    let mut ends = [0; 4];
    for end in &mut ends {
        *end = u16::from_le_bytes(take(&mut rest)?);
    }
    let letters = Box::new(take::<BINS>(&mut rest)?);
    let (hashes, left) = rest.as_chunks::<4>();
    let fits = left.is_empty() && ends.is_sorted() && usize::from(ends[3]) == hashes.len() && shift <= 32;
    let hashes = hashes.iter().map(|hash| u32::from_le_bytes(*hash)).collect();
    fits.then_some((origin, said, Sketch { exact, headline, printed, words, shift, ends, hashes, letters }))
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedupe::entry::whole_second;

    fn entry() -> Entry {
        let digits = Digits::new("0123456789abcdef0123456789abcdef");
        let text =
            "El río Torán se desbordó el martes en Villalba y obligó a evacuar a 340 vecinos de la ribera.";
        Entry {
            item: digits.clone(),
            hash: Digits::new("another form"),
            revision: 3,
            event_time: DateTime::default(),
            origin: Origin {
                status: PubStatus::Withheld,
                embargoed_until: Some(whole_second(
                    DateTime::from_timestamp(1_770_000_000, 1).unwrap_or_default(),
                )),
                agency: Some("Agencia Tarn".into()),
                credited: Some("ATN".into()),
                source: 7,
            },
            said: Said {
                change: Change::Withdrawn,
                relation: Some(Relation::TemplateSibling),
                similarity: 0.8137,
                duplicate_of: Some(Digits::new("a")),
                links: Links::of(Some(digits), None),
            },
            sketch: Sketch::of("El Torán se desborda", text, "0123456789abcdef0123456789abcdef"),
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let entry = entry();
        let (origin, said, sketch) = read(&write(&entry)).expect("the form");
        assert_eq!((origin, said, sketch), (entry.origin, entry.said, entry.sketch));
    }

    #[test]
    fn all_changes_and_relations_have_a_place() {
        for change in CHANGES {
            for relation in RELATIONS {
                let mut entry = entry();
                (entry.said.change, entry.said.relation) = (change, relation);
                let (_, said, _) = read(&write(&entry)).expect("the form");
                assert_eq!((said.change, said.relation), (change, relation));
            }
        }
    }

    #[test]
    fn what_is_cut_or_of_another_form_is_nothing() {
        let whole = write(&entry());
        for end in 0..whole.len() {
            assert!(read(&whole[..end]).is_none(), "cut at {end}");
        }
        assert!(read(&[whole.as_slice(), &[0]].concat()).is_none(), "a byte too many");
        assert!(read(&[&[FORM + 1], &whole[1..]].concat()).is_none(), "the next form");
    }
}
