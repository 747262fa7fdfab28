//! Is HTML of our own making whole and simple?

/// The tags that copy may have.
const TAGS: [&str; 12] =
    ["p", "h2", "ul", "li", "table", "tr", "td", "blockquote", "a", "em", "strong", "br"];

/// Every tag is known, every one is closed in order, only `a` has an attribute, and no `<` or `&` is bare.
///
/// # Errors
/// What is wrong, in words.
pub fn check(html: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        rest = &rest[at..];
        if let Some(reference) = rest.strip_prefix('&') {
            let name = reference.split_once(';').map_or("", |(name, _)| name);
            if !matches!(name, "amp" | "lt" | "gt" | "quot") {
                return Err("a bare ampersand".to_owned());
            }
            rest = reference;
            continue;
        }
        let Some((tag, after)) = rest[1..].split_once('>') else {
            return Err("a tag without end".to_owned());
        };
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes what is not open"));
            }
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if !TAGS.contains(&name) {
            return Err(format!("the tag <{name}>"));
        }
        let link = attributes.to_ascii_lowercase();
        let harmless =
            name == "a" && (link.starts_with("href=\"http://") || link.starts_with("href=\"https://"));
        if !attributes.is_empty() && !harmless || name == "a" && !harmless {
            return Err(format!("the attributes {attributes:?}"));
        }
        if name != "br" {
            open.push(name);
        }
    }
    match open.pop() {
        Some(name) => Err(format!("<{name}> is never closed")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn whole_and_simple_or_not() {
        for (html, good) in [
            ("<p>a &amp; <em>b</em><br>c</p>\n<ul><li>x</li></ul>", true),
            ("<p><a href=\"https://w.example/?a=1&amp;b=2\">l</a></p>", true),
            ("<p>a & b</p>", false),
            ("<p>a", false),
            ("<p><em>a</p></em>", false),
            ("<script>x</script>", false),
            ("<a href=\"javascript:x\">l</a>", false),
            ("<p onclick=\"x\">a</p>", false),
        ] {
            assert_eq!(check(html).is_ok(), good, "{html}");
        }
    }
}
