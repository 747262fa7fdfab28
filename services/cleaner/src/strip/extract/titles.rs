//! The title of a page without the site's name.

use crate::strip::hygiene::key;

/// The best title: a heading that the declared one contains, else the declared one without the site's name.
pub(crate) fn choose(declared: &[String], headings: &[String], site: Option<&str>) -> Option<String> {
    let whole = declared.first();
    let from_heading = headings.iter().filter(|h| key(h).split(' ').count() >= 3).find(|heading| {
        declared.iter().any(|title| {
            let (title, heading) = (key(title), key(heading));
            title == heading
                || title.starts_with(&heading)
                || title.ends_with(&heading)
                || close(&title, &heading)
        })
    });
    if let Some(heading) = from_heading {
        return Some(heading.clone());
    }
    if let Some(title) = whole {
        return Some(without_site(title, site));
    }
    headings.first().cloned()
}

/// Do they share most of their words?
fn close(a: &str, b: &str) -> bool {
    let a: std::collections::BTreeSet<&str> = a.split(' ').collect();
    let b: std::collections::BTreeSet<&str> = b.split(' ').collect();
    let common = a.intersection(&b).count();
    common * 10 >= a.len().max(b.len()) * 6
}

/// `Title | Site`, `Title - Site`: the last part goes where it is the site's name, or short behind a bar.
fn without_site(title: &str, site: Option<&str>) -> String {
    let site = site.map(key).unwrap_or_default();
    for mark in [" | ", " – ", " — ", " - ", " · ", " • ", " :: ", " » "] {
        if let Some((rest, last)) = title.rsplit_once(mark) {
            let name = key(last);
            let named = !site.is_empty() && (name == site || name.contains(&site) || site.contains(&name));
            let short = mark == " | " && last.split(' ').count() <= 4 && rest.split(' ').count() >= 4;
            if named || short {
                return rest.trim().to_owned();
            }
        }
    }
    title.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_site_goes() {
        let choose = |declared: &str, heading: &str| {
            choose(&[declared.to_owned()], &[heading.to_owned()], Some("La Gaceta")).unwrap()
        };
        assert_eq!(
            choose("El puerto cierra por el temporal - La Gaceta", ""),
            "El puerto cierra por el temporal"
        );
        assert_eq!(
            choose("El puerto cierra por el temporal | Sucesos", "Sucesos"),
            "El puerto cierra por el temporal"
        );
        assert_eq!(choose("El puerto cierra - La Gaceta", "El puerto cierra"), "El puerto cierra");
    }
}
