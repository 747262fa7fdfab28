//! Named references of HTML.
//!
//! quick-xml 0.42's own table is wrong for Greek and other letters beyond U+00FF (its `alpha` is U+003B), so this is the list of
//! the HTML Standard, section "Named character references", in `named.txt`: `name code+code;…`.

use std::collections::HashMap;
use std::sync::OnceLock;

static LIST: &str = include_str!("named.txt");

/// What `&name;` stands for in HTML.
pub fn named(name: &str) -> Option<&'static str> {
    static TABLE: OnceLock<HashMap<&'static str, String>> = OnceLock::new();
    TABLE.get_or_init(table).get(name).map(String::as_str)
}

fn table() -> HashMap<&'static str, String> {
    let code = |code| u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
    LIST.split([';', '\n'])
        .filter_map(|entry| entry.split_once(' '))
        .map(|(name, codes)| (name, codes.split('+').filter_map(code).collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_list() {
        assert_eq!(table().len(), 2125);
        for (name, value) in [
            ("alpha", "α"),
            ("eacute", "é"),
            ("nbsp", "\u{a0}"),
            ("OElig", "Œ"),
            ("NotEqualTilde", "≂̸"),
            ("amp", "&"),
        ] {
            assert_eq!(named(name), Some(value), "{name}");
        }
        assert_eq!(named("unknown"), None);
    }
}
