//! FNV-1a (Fowler, Noll, Vo): short, and the same in every release, which the files of models and words rely on.

/// The 64-bit hash of some bytes.
pub(crate) fn fnv1a(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes
        .into_iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Thirty-two bits of it, to tell one file from another.
pub(crate) fn digest(bytes: &[u8]) -> u32 {
    let hash = fnv1a(bytes.iter().copied());
    (hash ^ (hash >> 32)) as u32
}
