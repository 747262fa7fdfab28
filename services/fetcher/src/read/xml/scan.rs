//! The tokens of a document.

use memchr::{memchr, memchr2, memchr3, memmem};

use super::doctype::{self, Doctype};
use super::references::Entities;
use crate::read::Tally;

/// A piece of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// Text with its references.
    Text(&'a str),
    /// What a CDATA section holds.
    Cdata(&'a str),
    /// A `<` that starts no markup.
    Stray,
    /// A start tag.
    Open(Tag<'a>),
    /// An end tag, by its name.
    Close(&'a str),
}

/// A start tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    /// Its name, with the prefix.
    pub name: &'a str,
    /// What stands between the name and the end.
    pub attributes: &'a str,
    /// `<name/>`
    pub empty: bool,
}

/// Where in the document the next of some terminator is; looked for again only when that place was passed.
#[derive(Clone, Copy, Debug, Default)]
struct Next {
    at: Option<usize>,
    #[cfg(test)]
    looked: usize,
}

impl Next {
    fn after(&mut self, text: &str, from: usize, needle: &str) -> usize {
        match self.at {
            Some(at) if at >= from => at,
            _ => {
                let rest = &text.as_bytes()[from..];
                let at = memmem::find(rest, needle.as_bytes()).map_or(text.len(), |n| from + n);
                self.at = Some(at);
                #[cfg(test)]
                {
                    self.looked += at - from;
                }
                at
            }
        }
    }
}

/// Reads a document token by token.
#[derive(Debug)]
pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
    start: usize,
    cdata_end: Next,
    comment_end: Next,
    cdata_open: Next,
    items: [Next; 4],
    /// The document ended within a tag.
    pub cut: bool,
    /// Entities that it declares.
    pub entities: Entities<'a>,
    /// The name of its `DOCTYPE`, and the system identifier.
    pub doctype: Option<&'a str>,
    #[cfg(test)]
    passed: usize,
}

impl<'a> Scanner<'a> {
    /// Starts at the beginning.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            start: 0,
            cdata_end: Next::default(),
            comment_end: Next::default(),
            cdata_open: Next::default(),
            items: [Next::default(); 4],
            cut: false,
            entities: Entities::default(),
            doctype: None,
            #[cfg(test)]
            passed: 0,
        }
    }

    /// Bytes looked at so far, about: what was passed, and what was searched ahead.
    #[cfg(test)]
    fn looked(&self) -> usize {
        let own = [self.cdata_end, self.comment_end, self.cdata_open];
        self.passed + own.iter().chain(&self.items).map(|s| s.looked).sum::<usize>()
    }

    /// First byte of the token that was answered last.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Byte after it.
    pub fn end(&self) -> usize {
        self.at
    }

    /// The document.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Has the next [`Self::next`] answer the last token again.
    pub fn again(&mut self) {
        self.at = self.start;
    }

    /// The next token; None at the end. `within` is the element whose text is read: a CDATA section that is not closed
    /// ends where that does.
    pub fn next(&mut self, within: Option<&str>, tally: &mut Tally) -> Option<Token<'a>> {
        while self.at < self.text.len() {
            self.start = self.at;
            let rest = &self.text[self.at..];
            let bytes = rest.as_bytes();
            if bytes[0] != b'<' {
                let n = memchr(b'<', bytes).unwrap_or(bytes.len());
                self.pass(n);
                return Some(Token::Text(&rest[..n]));
            }
            match bytes.get(1) {
                Some(b'!') => {
                    if let Some(token) = self.declaration(rest, within, tally) {
                        return Some(token);
                    }
                }
                Some(b'?') => self.instruction(rest),
                Some(b'/') if name_start(bytes.get(2)) => {
                    if let Some(token) = self.close(rest) {
                        return Some(token);
                    }
                }
                second if name_start(second) => {
                    if let Some(token) = self.open(rest, tally) {
                        return Some(token);
                    }
                }
                _ => return Some(self.stray(tally)),
            }
        }
        None
    }

    fn pass(&mut self, n: usize) {
        self.at += n;
        #[cfg(test)]
        {
            self.passed += n;
        }
    }

    fn stray(&mut self, tally: &mut Tally) -> Token<'a> {
        tally.add("stray_lt");
        self.pass(1);
        Token::Stray
    }

    fn declaration(&mut self, rest: &'a str, within: Option<&str>, tally: &mut Tally) -> Option<Token<'a>> {
        if rest.starts_with("<![CDATA[") {
            return Some(self.cdata(within, tally));
        }
        if rest.starts_with("<!--") {
            let end = self.comment_end.after(self.text, self.start + 4, "-->");
            if end < self.text.len() {
                self.at = end + 3;
            } else {
                // Unclosed, it would hide all that follows.
                tally.add("unclosed_comment");
                let gt = memchr2(b'>', b'<', &rest.as_bytes()[4..]).map_or(rest.len(), |n| n + 4);
                self.pass((gt + usize::from(rest.as_bytes().get(gt) == Some(&b'>'))).min(rest.len()));
            }
            return None;
        }
        // Only the first is read: a document that has a million of them shall not be searched a million times.
        if self.doctype.is_none() && rest.get(..9).is_some_and(|d| d.eq_ignore_ascii_case("<!DOCTYPE")) {
            let Doctype { length, name, entities } = doctype::read(rest);
            self.doctype = Some(name);
            for (name, value) in entities {
                self.entities.declare(name, value);
            }
            self.pass(length);
            return None;
        }
        match memchr2(b'<', b'>', &rest.as_bytes()[1..]) {
            Some(n) if rest.as_bytes()[n + 1] == b'>' => {
                self.pass(n + 2);
                None
            }
            _ => Some(self.stray(tally)),
        }
    }

    fn cdata(&mut self, within: Option<&str>, tally: &mut Tally) -> Token<'a> {
        let from = self.start + "<![CDATA[".len();
        let end = self.cdata_end.after(self.text, from, "]]>");
        // Another section opens before this one closes, or none closes: where an item begins or ends in between, this one was cut.
        let open = self.cdata_open.after(self.text, from, "<![CDATA[");
        if end == self.text.len() || open < end {
            let tags = ["<item>", "<entry>", "</item>", "</entry>"];
            let found = self.items.iter_mut().zip(tags).map(|(next, tag)| next.after(self.text, from, tag));
            let item = found.min().unwrap_or(end);
            if item < end {
                tally.add("unclosed_cdata");
                let body = &self.text[from..item];
                let cut = within.and_then(|name| find_close(body, name)).unwrap_or(body.len());
                self.at = from + cut;
                return Token::Cdata(&body[..cut]);
            }
        }
        if end == self.text.len() {
            self.cut = true;
            self.at = end;
        } else {
            self.at = end + 3;
        }
        Token::Cdata(&self.text[from..end])
    }

    /// `<?…?>`; one that is not closed ends with the first `>`.
    fn instruction(&mut self, rest: &'a str) {
        let bytes = rest.as_bytes();
        let mut at = 2;
        let mut first = None;
        while let Some(n) = memchr2(b'>', b'<', &bytes[at..]) {
            let place = at + n;
            if bytes[place] == b'<' {
                return self.pass(first.unwrap_or(place));
            }
            if bytes[place - 1] == b'?' {
                return self.pass(place + 1);
            }
            // One look beyond, for a `>` in a value; more would be work without a bound.
            if first.is_some() {
                break;
            }
            first = Some(place + 1);
            at = place + 1;
        }
        self.pass(first.unwrap_or(rest.len()));
    }

    fn close(&mut self, rest: &'a str) -> Option<Token<'a>> {
        let name = name(&rest[2..]);
        let from = 2 + name.len();
        match memchr2(b'>', b'<', &rest.as_bytes()[from..]) {
            Some(n) => {
                let end = from + n;
                self.pass(end + usize::from(rest.as_bytes()[end] == b'>'));
                Some(Token::Close(name))
            }
            None => {
                self.cut = true;
                self.at = self.text.len();
                None
            }
        }
    }

    fn open(&mut self, rest: &'a str, tally: &mut Tally) -> Option<Token<'a>> {
        let name = name(&rest[1..]);
        let from = 1 + name.len();
        match tag_end(rest, from) {
            End::At(end) => {
                self.pass(end + 1);
                let inner = &rest[from..end];
                let (attributes, empty) = match inner.strip_suffix('/') {
                    Some(attributes) => (attributes, true),
                    None => (inner, false),
                };
                Some(Token::Open(Tag { name, attributes, empty }))
            }
            End::Markup => Some(self.stray(tally)),
            End::Document => {
                self.cut = true;
                self.at = self.text.len();
                None
            }
        }
    }
}

enum End {
    At(usize),
    /// Other markup starts before the tag ends.
    Markup,
    /// The document ends before the tag does.
    Document,
}

/// The `>` that ends a start tag. A quote counts where it follows `=`, and only where it is closed before a `<`.
fn tag_end(rest: &str, from: usize) -> End {
    let bytes = rest.as_bytes();
    let mut at = from;
    loop {
        let Some(n) = memchr3(b'>', b'<', b'=', &bytes[at..]) else { return End::Document };
        let place = at + n;
        match bytes[place] {
            b'>' => return End::At(place),
            b'<' => return End::Markup,
            _ => {}
        }
        at = place + 1;
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        let Some(quote) = bytes.get(at).copied().filter(|b| matches!(b, b'"' | b'\'')) else { continue };
        match memchr2(quote, b'<', &bytes[at + 1..]) {
            Some(n) if bytes[at + 1 + n] == quote => at += n + 2,
            // Not closed: the tag ends at its first `>`.
            Some(n) => return memchr(b'>', &bytes[at..at + 1 + n]).map_or(End::Markup, |n| End::At(at + n)),
            None => return memchr(b'>', &bytes[at..]).map_or(End::Document, |n| End::At(at + n)),
        }
    }
}

fn name_start(byte: Option<&u8>) -> bool {
    byte.is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_' || *b >= 0x80)
}

/// The name that starts here.
fn name(rest: &str) -> &str {
    let end = rest
        .bytes()
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-' | b'.') || b >= 0x80))
        .unwrap_or(rest.len());
    &rest[..end]
}

/// Where `</name>` is, in any case.
fn find_close(body: &str, name: &str) -> Option<usize> {
    memmem::find_iter(body.as_bytes(), b"</").find(|n| {
        let rest = &body.as_bytes()[n + 2..];
        rest.len() > name.len()
            && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes())
            && rest[name.len()] == b'>'
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> (Vec<String>, String) {
        let mut tally = Tally::default();
        let mut scan = Scanner::new(text);
        let mut found = Vec::new();
        while let Some(token) = scan.next(Some("d"), &mut tally) {
            found.push(match token {
                Token::Text(t) => format!("text {t}"),
                Token::Cdata(t) => format!("cdata {t}"),
                Token::Stray => "stray".to_owned(),
                Token::Open(t) => {
                    format!("{} {}|{}", if t.empty { "empty" } else { "open" }, t.name, t.attributes)
                }
                Token::Close(n) => format!("close {n}"),
            });
        }
        if scan.cut {
            found.push("cut".to_owned());
        }
        (found, tally.to_string())
    }

    #[test]
    fn whole_and_broken_markup() {
        for (text, expected, repairs) in [
            ("<?xml version='1.0'?><a b='>'>x</a>", vec!["open a| b='>'", "text x", "close a"], ""),
            ("<a/><b c = 'd' />", vec!["empty a|", "empty b| c = 'd' "], ""),
            ("<a b=\"never closed><c>", vec!["open a| b=\"never closed", "open c|"], ""),
            ("<a b='it's'>x", vec!["open a| b='it's'", "text x"], ""),
            ("3 < 5 <%", vec!["text 3 ", "stray", "text  5 ", "stray", "text %"], "stray_lt=2"),
            ("<descri <b>", vec!["stray", "text descri ", "open b|"], "stray_lt=1"),
            ("</a<b>", vec!["close a", "open b|"], ""),
            ("<!-- x --><!-- <a> never closed", vec!["open a|", "text  never closed"], "unclosed_comment=1"),
            ("<![CDATA[a]]b]]>c", vec!["cdata a]]b", "text c"], ""),
            ("<![CDATA[cut", vec!["cdata cut", "cut"], ""),
            (
                "<![CDATA[cut</d></item><![CDATA[x]]>",
                vec!["cdata cut", "close d", "close item", "cdata x"],
                "unclosed_cdata=1",
            ),
            ("<?php echo '<a>'; ?>", vec!["open a|", "text '; ?>"], ""),
            ("<?xml version='1.0'><a>", vec!["open a|"], ""),
            ("<a b", vec!["cut"], ""),
            ("</a", vec!["cut"], ""),
        ] {
            let expected = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(tokens(text), (expected, repairs.to_owned()), "{text}");
        }
    }

    #[test]
    fn work_is_bounded_by_the_length_whatever_is_repeated() {
        for unit in [
            "<",
            "</",
            "<!",
            "<!-",
            "<!--",
            "<?",
            "<![CDATA[",
            "<!DOCTYPE [",
            "<a",
            "<a b='",
            "<a b=\"",
            "&",
            "]]>",
            "-->",
            "<item><![CDATA[</item>",
            "<item>",
            "</item>",
            "<![CDATA[<!--",
            "<!--<![CDATA[",
            "<a b='<",
            "<?a >",
            "='",
        ] {
            let text = unit.repeat(200_000 / unit.len());
            for text in [format!("{text}]]>-->'\">"), text] {
                let mut scan = Scanner::new(&text);
                let mut count = 0;
                while scan.next(None, &mut Tally::default()).is_some() {
                    count += 1;
                }
                assert!(count <= text.len(), "{unit}: {count} tokens");
                assert!(scan.looked() <= 12 * text.len(), "{unit}: {} of {}", scan.looked(), text.len());
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn tokens_are_in_order(text in "(<a>|</a>|<a b='|'|\"|<!\\[CDATA\\[|\\]\\]>|<!--|-->|<\\?|\\?>|<!DOCTYPE|\\[|é|<|>|&|x|</item>){0,40}") {
            let mut scan = Scanner::new(&text);
            let mut last = 0;
            while scan.next(Some("a"), &mut Tally::default()).is_some() {
                assert!(scan.start() >= last && scan.end() > scan.start());
                last = scan.end();
                let _ = &text[scan.start()..scan.end()];
            }
        }
    }
}
