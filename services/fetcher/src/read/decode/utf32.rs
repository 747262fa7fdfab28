//! UTF-32, which the Encoding Standard leaves out.

/// UTF-32, by its mark or by the zeros around the first character.
pub(super) fn decode(bytes: &[u8], most: usize) -> Option<String> {
    let (big, skip) = match bytes {
        [0xff, 0xfe, 0, 0, ..] => (false, 4),
        [0, 0, 0xfe, 0xff, ..] => (true, 4),
        [b'<', 0, 0, 0, ..] => (false, 0),
        [0, 0, 0, b'<', ..] => (true, 0),
        _ => return None,
    };
    let unit = |c: &[u8; 4]| if big { u32::from_be_bytes(*c) } else { u32::from_le_bytes(*c) };
    let mut text = String::new();
    for chunk in bytes[skip..].as_chunks::<4>().0 {
        if text.len() >= most {
            break;
        }
        text.push(char::from_u32(unit(chunk)).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf32_by_mark_and_by_pattern() {
        let text = "<a>ñ";
        let big: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        let little: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        assert_eq!(decode(&big, 100).as_deref(), Some(text));
        assert_eq!(decode(&little, 100).as_deref(), Some(text));
        assert_eq!(decode(&[&[0xff, 0xfe, 0, 0], &little[..]].concat(), 100).as_deref(), Some(text));
        assert_eq!(decode(text.as_bytes(), 100), None);
    }
}
