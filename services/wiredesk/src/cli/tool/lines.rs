//! JSON Lines through a core, one line at a time.

use std::io::{self, BufRead};
use std::path::PathBuf;

use serde_json::Value;

use super::input;
use super::output::Output;

/// Runs `core` on every line of these files; none are stdin.
pub fn run(files: &[PathBuf], out: &mut Output, mut core: impl FnMut(&Value) -> Value) -> io::Result<()> {
    each(files, out, |out, place, value| out.write_of(place, || core(value)))
}

/// Gives each object of these files to `show`, with the words for where it stands.
pub fn each(
    files: &[PathBuf],
    out: &mut Output,
    mut show: impl FnMut(&mut Output, &str, &Value) -> io::Result<()>,
) -> io::Result<()> {
    let stdin = [PathBuf::from("-")];
    let files = if files.is_empty() { &stdin[..] } else { files };
    let bar = input::bar(files);
    for file in files {
        let name = input::name(file);
        let mut reader = match input::lines(file, &bar) {
            Ok(reader) => reader,
            Err(error) => {
                out.skip(&name, &format!("it cannot be read: {error}"));
                continue;
            }
        };
        let (mut line, mut number) = (Vec::new(), 0_u64);
        loop {
            line.clear();
            number += 1;
            let place = format!("{name} line {number}");
            match reader.read_until(b'\n', &mut line) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => {
                    out.skip(&place, &format!("it cannot be read: {error}"));
                    break;
                }
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match serde_json::from_slice::<Value>(&line) {
                Ok(value) if value.is_object() => show(out, &place, &value)?,
                Ok(_) => out.skip(&place, "it is JSON but no object"),
                Err(error) => out.skip(&place, &format!("it is not JSON ({error})")),
            }
            if input::is_stdin(file) {
                out.flush()?;
            }
        }
    }
    bar.finish_and_clear();
    Ok(())
}
