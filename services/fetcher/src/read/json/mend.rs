//! JSON as programs that print it by hand make it, mended so that a strict parser takes it: control characters and half
//! surrogates in strings, escapes that JSON has not, commas before a closing bracket.

use crate::read::Tally;

/// Mends a document; linear in its length.
pub(super) fn mend(text: &str, tally: &mut Tally) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut in_string = false;
    let mut rest = text;
    while let Some(n) = rest.find(|c: char| c == '"' || c == '\\' || c == ',' || c < ' ') {
        out.push_str(&rest[..n]);
        rest = &rest[n..];
        let c = rest.as_bytes()[0];
        let mut taken = 1;
        match c {
            b'"' => {
                in_string = !in_string;
                out.push('"');
            }
            b'\\' if in_string => taken = escape(rest, &mut out, tally),
            b',' if !in_string && closes(&rest[1..]) => tally.add("trailing_comma"),
            b if b < b' ' && in_string => {
                tally.add("control_character");
                out.push(' ');
            }
            b if b < b' ' && !b.is_ascii_whitespace() => tally.add("control_character"),
            b => out.push(char::from(b)),
        }
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out
}

/// Is the next character a closing bracket? Looks over a little white space only, so that work stays linear.
fn closes(rest: &str) -> bool {
    rest.bytes().take(256).find(|b| !b.is_ascii_whitespace()).is_some_and(|b| matches!(b, b'}' | b']'))
}

/// Copies the escape that starts here; answers with how many bytes it took.
fn escape(rest: &str, out: &mut String, tally: &mut Tally) -> usize {
    match rest.as_bytes().get(1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
            out.push_str(&rest[..2]);
            2
        }
        Some(b'u') => match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => {
                out.push_str(&rest[..12]);
                12
            }
            (Some(0xd800..=0xdfff), _) => {
                tally.add("bad_escape");
                out.push_str("\\ufffd");
                6
            }
            (Some(_), _) => {
                out.push_str(&rest[..6]);
                6
            }
            (None, _) => {
                tally.add("bad_escape");
                1
            }
        },
        _ => {
            tally.add("bad_escape");
            1
        }
    }
}

/// The number of the `\uXXXX` that starts here.
fn unit(rest: &str) -> Option<u32> {
    let hex = rest.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(hex, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mended() {
        for (text, mended, repairs) in [
            (r#"{"a":"\u00e9\n","b":[1,2]}"#, r#"{"a":"\u00e9\n","b":[1,2]}"#, ""),
            ("{\"a\":\"x\ny\"}", "{\"a\":\"x y\"}", "control_character=1"),
            (r#"["\ud83d\ude00 \ud83d"]"#, r#"["\ud83d\ude00 \ufffd"]"#, "bad_escape=1"),
            (r#"["it\'s \x",]"#, r#"["it's x"]"#, "bad_escape=2 trailing_comma=1"),
        ] {
            let mut tally = Tally::default();
            assert_eq!(mend(text, &mut tally), mended);
            assert_eq!(tally.to_string(), repairs, "{text}");
        }
    }
}
