//! Code pages of one byte a character that the Encoding Standard leaves out: those of DOS and of old Macintoshes, and EBCDIC.
//!
//! `pages.txt` has one a line: its labels, `|`, and in hexadecimal what the bytes from 0x80 (EBCDIC: from 0) stand for, after
//! the mapping files of the Unicode Consortium.

static PAGES: &str = include_str!("pages.txt");

/// A code page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    name: &'static str,
    codes: &'static str,
}

/// The code page of a label in lower case, its words joined by `-`.
pub(super) fn of_label(label: &str) -> Option<Page> {
    let mut pages = PAGES.lines().filter_map(|line| line.split_once('|'));
    let (labels, codes) = pages.find(|(labels, _)| labels.split(' ').any(|l| l == label))?;
    Some(Page { name: labels.split(' ').next().unwrap_or_default(), codes })
}

/// The EBCDIC page of a document that begins with `<?xm` in EBCDIC: the one that it declares, or the commonest.
pub(super) fn ebcdic(bytes: &[u8]) -> Option<Page> {
    if !bytes.starts_with(&[0x4c, 0x6f, 0xa7, 0x94]) {
        return None;
    }
    let common = of_label("cp037")?;
    // All agree about letters, digits and what stands in a declaration.
    let head = common.decode(&bytes[..bytes.len().min(200)], 400);
    let declared = super::label_in(&head).and_then(|l| of_label(&l.to_ascii_lowercase().replace('_', "-")));
    Some(declared.filter(|p| p.is_whole()).unwrap_or(common))
}

impl Page {
    /// Its name.
    pub(super) fn name(self) -> &'static str {
        self.name
    }

    fn is_whole(self) -> bool {
        self.codes.len() == 1024
    }

    /// Text of these bytes, up to so many bytes of it.
    pub(super) fn decode(self, bytes: &[u8], most: usize) -> String {
        let codes: Vec<char> = self
            .codes
            .as_bytes()
            .as_chunks::<4>()
            .0
            .iter()
            .map(|hex| {
                let code = std::str::from_utf8(hex).ok().and_then(|h| u32::from_str_radix(h, 16).ok());
                code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
            })
            .collect();
        let first = 256 - codes.len();
        let mut text = String::with_capacity((bytes.len() + bytes.len() / 8).min(most));
        for byte in bytes {
            if text.len() + 4 > most {
                break;
            }
            let own = usize::from(*byte).checked_sub(first).and_then(|n| codes.get(n));
            // Lines of EBCDIC end with U+0085.
            match own.copied().unwrap_or(char::from(*byte)) {
                '\u{85}' if self.is_whole() => text.push('\n'),
                c => text.push(c),
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_by_label() {
        for (label, byte, c) in [
            ("cp437", 0x80, "Ç"),
            ("csibm855", 0x80, "ђ"),
            ("862", 0x80, "א"),
            ("maciceland", 0x80, "Ä"),
            ("cp500", 0x4a, "["),
            ("cp037", 0x4a, "¢"),
            ("cp437", 0x41, "A"),
        ] {
            let page = of_label(label).unwrap_or_else(|| panic!("{label}"));
            assert_eq!(page.decode(&[byte], 10), c, "{label}");
        }
        assert_eq!(of_label("utf-8"), None);
        for line in PAGES.lines() {
            let (_, codes) = line.split_once('|').unwrap();
            assert!(matches!(codes.len(), 512 | 1024), "{line}");
        }
    }

    #[test]
    fn ebcdic_by_its_declaration() {
        for (label, page) in [("ebcdic-cp-us", "cp037"), ("cp500", "cp500"), ("unheard-of", "cp037")] {
            let text = format!("<?xml version='1.0' encoding='{label}'?><rss>[ñ]");
            let page = of_label(page).unwrap();
            let all = page.decode(&(0..=255).collect::<Vec<u8>>(), 1000);
            let byte = |c: char| u8::try_from(all.chars().position(|d| d == c).unwrap()).unwrap();
            let bytes: Vec<u8> = text.chars().map(byte).collect();
            assert_eq!(ebcdic(&bytes).unwrap().decode(&bytes, 1000), text);
        }
        assert_eq!(ebcdic(b"<?xml"), None);
    }
}
