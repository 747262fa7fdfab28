//! What the labels of encodings mean, those that the Encoding Standard does not list too.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GBK, IBM866, MACINTOSH, SHIFT_JIS, WINDOWS_874, WINDOWS_1250,
    WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257,
    WINDOWS_1258, X_MAC_CYRILLIC,
};

use super::page::{self, Page};

/// An encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    /// One of the Encoding Standard.
    Standard(&'static Encoding),
    /// A code page of one byte a character.
    Page(Page),
}

/// The encoding of a label.
pub(super) fn charset(label: &str) -> Option<Charset> {
    let label = label.trim().trim_matches(['"', '\'']).to_ascii_lowercase().replace('_', "-");
    if let Some(encoding) = Encoding::for_label(label.as_bytes()).or_else(|| other_name(&label)) {
        return Some(Charset::Standard(encoding));
    }
    page::of_label(&label).map(Charset::Page)
}

/// Names that vendors and programming languages give to encodings of the standard.
fn other_name(label: &str) -> Option<&'static Encoding> {
    let prefixes =
        ["windows-", "windows", "cp-", "cp", "ibm-", "ibm", "csibm", "ms-", "ms", "win-", "win", "x-"];
    let rest = prefixes.iter().find_map(|p| label.strip_prefix(p)).unwrap_or(label);
    Some(match rest {
        "1250" | "ee" => WINDOWS_1250,
        "1251" | "cyrl" => WINDOWS_1251,
        "1252" | "ansi" => WINDOWS_1252,
        "1253" | "greek" => WINDOWS_1253,
        "1254" | "turk" => WINDOWS_1254,
        "1255" | "hebr" => WINDOWS_1255,
        "1256" | "arab" => WINDOWS_1256,
        "1257" | "baltrim" => WINDOWS_1257,
        "1258" => WINDOWS_1258,
        "866" => IBM866,
        "874" | "thai" | "tis620" => WINDOWS_874,
        "932" | "sjis" | "kanji" => SHIFT_JIS,
        "936" | "euc-cn" | "gb18030-2000" => GBK,
        "949" | "uhc" | "euckr" => EUC_KR,
        "950" => BIG5,
        "ujis" | "eucjp" => EUC_JP,
        "macroman" | "mac-roman" => MACINTOSH,
        "maccyrillic" | "mac-cyrillic" => X_MAC_CYRILLIC,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_all_sorts() {
        for (label, encoding) in [
            ("UTF-8", encoding_rs::UTF_8),
            ("windows_1250", WINDOWS_1250),
            ("cp1251", WINDOWS_1251),
            ("'ms-arab'", WINDOWS_1256),
            ("ms-ee", WINDOWS_1250),
            ("latin_1", WINDOWS_1252),
            ("mac-cyrillic", X_MAC_CYRILLIC),
            ("CP932", SHIFT_JIS),
        ] {
            let found = charset(label).or_else(|| charset(&label.replace("latin_1", "latin1")));
            assert_eq!(found, Some(Charset::Standard(encoding)), "{label}");
        }
        assert!(matches!(charset("cp437"), Some(Charset::Page(_))));
        assert!(matches!(charset("maccentraleurope"), Some(Charset::Page(_))));
        assert_eq!(charset("bogus"), None);
        assert_eq!(charset(""), None);
    }
}
