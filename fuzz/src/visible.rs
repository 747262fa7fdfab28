//! Items that a person sees in a document.

/// How many whole `<item>…</item>` and `<entry>…</entry>` with a letter or digit of text in them there are, outside
/// comments, CDATA sections and declarations. Anything doubtful (a tag in a tag, an end before its start) is not counted.
pub fn items(text: &str) -> usize {
    let lower = text.to_ascii_lowercase();
    if ["<!--", "<![cdata[", "<!doctype", "<?"].iter().filter(|mark| lower.contains(*mark)).count() > 0 {
        // A declaration at the start is no doubt; anything else may hide what follows.
        let body = lower.trim_start();
        let after = match body.strip_prefix("<?xml") {
            Some(rest) => rest.split_once("?>").map_or("", |(_, rest)| rest),
            None => "",
        };
        if after.contains("<!") || after.contains("<?") || after.is_empty() {
            return 0;
        }
        return count(after);
    }
    count(&lower)
}

fn count(text: &str) -> usize {
    let mut found = 0;
    // The first tag must be a feed's.
    let first = text.trim_start();
    if !["<rss", "<feed", "<rdf:rdf", "<channel"].iter().any(|root| first.starts_with(root)) {
        return 0;
    }
    for (open, close) in [("<item>", "</item>"), ("<entry>", "</entry>")] {
        for piece in text.split(open).skip(1) {
            let Some((inner, _)) = piece.split_once(close) else { continue };
            let title = inner.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
            let says = title.is_some_and(|(title, _)| {
                !title.contains(['<', '&']) && title.chars().any(|c| c.is_ascii_alphanumeric())
            });
            found += usize::from(says);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::items;

    #[test]
    fn what_is_seen() {
        for (text, seen) in [
            ("<rss><channel><item><title>a</title></item><item><title>b</title></item></channel></rss>", 2),
            ("<?xml version='1.0'?><feed><entry><title>a</title></entry></feed>", 1),
            ("<rss><item><title> </title></item><item>x", 0),
            ("<rss><!-- <item><title>a</title></item> --></rss>", 0),
            ("<html><item><title>a</title></item></html>", 0),
        ] {
            assert_eq!(items(text), seen, "{text}");
        }
    }
}
