//! Secrets by reference: a list of sources says where a secret is, not what it is. `env:NAME` is an environment variable,
//! `file:/run/secrets/x` the content of a file; a word may stand before either, as in `Bearer env:WIRE_TOKEN`.

use std::io::Read;

/// Largest secret that is read from a file, in bytes: a mistaken path must not put a disk image into a header.
const MAX_SECRET: u64 = 64 * 1024;

/// The word before a reference, and the reference; None for anything else.
fn split(text: &str) -> Option<(&str, &str)> {
    let is = |t: &str| (t.len() > 4 && t.starts_with("env:")) || (t.len() > 5 && t.starts_with("file:"));
    if is(text) {
        return Some(("", text));
    }
    let (word, rest) = text.split_once(' ')?;
    (is(rest) && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')).then_some((word, rest))
}

/// Does the text only say where the secret is?
pub fn is_reference(text: &str) -> bool {
    split(text).is_some()
}

/// The secret that a text refers to, read now, so that one that is renewed counts from the next poll on; a text that is
/// no reference is the secret itself.
///
/// # Errors
/// What is missing and what to do, in words; never the secret.
pub fn resolve(text: &str) -> Result<String, String> {
    let Some((word, reference)) = split(text) else { return Ok(text.to_owned()) };
    let secret = match reference.split_once(':') {
        Some(("env", name)) => std::env::var(name).ok().filter(|v| !v.is_empty()).ok_or_else(|| {
            format!("the environment variable {name} is not set; set it where the fetcher runs")
        })?,
        Some((_, path)) => from_file(path)?,
        None => return Ok(text.to_owned()),
    };
    Ok(if word.is_empty() { secret } else { format!("{word} {secret}") })
}

fn from_file(path: &str) -> Result<String, String> {
    let wrong = |e: std::io::Error| {
        format!("the file {path} cannot be read ({e}); put the secret there, on one line")
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|f| f.take(MAX_SECRET + 1).read_to_end(&mut bytes)).map_err(wrong)?;
    let text = String::from_utf8(bytes).unwrap_or_default();
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() || text.len() as u64 > MAX_SECRET || text.contains(['\r', '\n']) {
        return Err(format!("the file {path} is not one line of text; put the secret there, on one line"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reference_is() {
        for (text, is) in [
            ("env:WIRE_TOKEN", true),
            ("file:/run/secrets/wire", true),
            ("Bearer env:WIRE_TOKEN", true),
            ("Basic file:/run/secrets/wire", true),
            ("env:", false),
            ("Bearer s3same", false),
            ("a=1; b=2 env:X", false),
            ("", false),
        ] {
            assert_eq!(is_reference(text), is, "{text}");
        }
    }

    #[test]
    fn references_are_read_and_what_is_missing_is_named() {
        let path = std::env::temp_dir().join(format!("wiredesk-secret-{}", std::process::id()));
        std::fs::write(&path, "s3same\n").unwrap();
        let file = format!("file:{}", path.display());
        assert_eq!(resolve(&file).unwrap(), "s3same");
        assert_eq!(resolve(&format!("Bearer {file}")).unwrap(), "Bearer s3same");
        std::fs::write(&path, "two\nlines\n").unwrap();
        assert!(resolve(&file).unwrap_err().ends_with("put the secret there, on one line"));
        std::fs::remove_file(&path).unwrap();
        assert!(resolve(&file).unwrap_err().contains("cannot be read"));
        assert_eq!(resolve("s3same").unwrap(), "s3same");
        // Every system that runs the tests has one of the two.
        let name = if std::env::var("PATH").is_ok() { "PATH" } else { "HOME" };
        assert_eq!(resolve(&format!("env:{name}")).unwrap(), std::env::var(name).unwrap());
        assert_eq!(
            resolve("Bearer env:WIREDESK_NO_SUCH_VARIABLE").unwrap_err(),
            "the environment variable WIREDESK_NO_SUCH_VARIABLE is not set; set it where the fetcher runs"
        );
    }
}
