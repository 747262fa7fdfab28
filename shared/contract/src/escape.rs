//! Escaping for XML and HTML: `&`, `<`, `>` and double quotes as entities, fit for text and for attributes in double quotes.

/// Appends a text, escaped.
pub fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

/// The text, escaped.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    escape(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_an_element_or_an_attribute() {
        assert_eq!(escaped("a <b> & \"c\" ' é"), "a &lt;b&gt; &amp; &quot;c&quot; ' é");
    }
}
