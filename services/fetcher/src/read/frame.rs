//! Start tags, for those who look at a document's text without reading it.

use super::xml::attributes;

/// The attributes of a start tag that is given whole, `<name …>`, as written; of two of one name the first.
pub fn attributes(tag: &str) -> Vec<(String, String)> {
    let inner = tag.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
    let after = inner.find(|c: char| c.is_whitespace()).map_or("", |n| &inner[n..]);
    let mut found: Vec<(String, String)> = Vec::new();
    for (name, value) in attributes::attributes(after) {
        if found.iter().all(|(n, _)| n != name) {
            found.push((name.to_owned(), value.to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_whole_tag() {
        let own = |list: &[(&str, &str)]| -> Vec<(String, String)> {
            list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
        };
        assert_eq!(attributes("<a href=\"x\" b='y' href='z'/>"), own(&[("href", "x"), ("b", "y")]));
        assert_eq!(attributes("<a>"), own(&[]));
    }
}
