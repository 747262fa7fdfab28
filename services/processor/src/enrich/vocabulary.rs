//! The version of the word lists and gazetteers that an item was enriched with.

use std::sync::LazyLock;

use super::known::KnownNames;
use crate::fnv::digest;

/// What is embedded beside the models, which have versions of their own.
const FILES: [&[u8]; 12] = [
    include_bytes!("../../vocab/agencies.tsv"),
    include_bytes!("../../vocab/cities.tsv"),
    include_bytes!("../../vocab/countries.tsv"),
    include_bytes!("../../vocab/cues.tsv"),
    include_bytes!("../../vocab/event.tsv"),
    include_bytes!("../../vocab/figures.tsv"),
    include_bytes!("../../vocab/mediatopics.tsv"),
    include_bytes!("../../vocab/names.tsv"),
    include_bytes!("../../vocab/regions.tsv"),
    include_bytes!("../../vocab/reporting_verbs.tsv"),
    include_bytes!("../../vocab/toponyms.tsv"),
    include_bytes!("../../vocab/words.bin"),
];

/// Digest of the files in the executable, and behind a `+` of the operator's extract.
pub(super) fn version(known: &KnownNames) -> String {
    static SHIPPED: LazyLock<String> = LazyLock::new(|| {
        let digests: Vec<u8> = FILES.iter().flat_map(|file| digest(file).to_le_bytes()).collect();
        format!("{:08x}", digest(&digests))
    });
    match known.version() {
        "" => SHIPPED.clone(),
        extract => format!("{}+{extract}", *SHIPPED),
    }
}
