//! The commands of the pages, as they stand there.

use super::blocks::{self, Block};
use super::workplace::{Workplace, said};

/// The most that a block may take, in seconds.
const PATIENCE: u32 = 90;
/// How long a command that never ends is looked at, in seconds.
const A_WHILE: u32 = 4;

/// Runs every `sh test` block, and asks every question of README. What is wrong, a sentence each.
pub fn wrong(place: &Workplace) -> Vec<String> {
    for program in ["curl", "jq", "kcat", "psql"] {
        if !place.has(program) {
            wiredesk_testkit::skip(&format!(
                "the commands of the documentation do not run: {program} is missing"
            ));
            return Vec::new();
        }
    }
    let mut wrong = Vec::new();
    let mut count = 0;
    for block in blocks::all() {
        let client = block.says("python") || block.says("rust");
        let found = if block.language() == "sh" && block.says("test") && !client {
            run(place, &block)
        } else if block.language() == "sql" && block.page == "README.md" {
            ask(place, &block)
        } else {
            continue;
        };
        count += 1;
        wrong.extend(found.err().map(|why| format!("{}: {why}\n{}", block.place(), block.text)));
    }
    if count < 15 {
        wrong.push(format!("only {count} blocks of the documentation are run"));
    }
    wrong
}

fn run(place: &Workplace, block: &Block) -> Result<(), String> {
    if block.says("endless") {
        let mut lines = block.text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        return lines.try_for_each(|line| endless(place, line));
    }
    let output = place.run(&block.text, PATIENCE, &[]).map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(format!("it fails ({}): {}", output.status, said(&output)));
    }
    if output.stdout.iter().all(u8::is_ascii_whitespace) && !block.says("quiet") {
        return Err(format!("it prints nothing: {}", said(&output)));
    }
    Ok(())
}

fn endless(place: &Workplace, line: &str) -> Result<(), String> {
    let output = place.run(line, A_WHILE, &[]).map_err(|e| e.to_string())?;
    // Ended by our Ctrl-C, and in order or by the signal.
    if !matches!(output.status.code(), Some(124 | 130)) {
        return Err(format!("{line} has ended ({}): {}", output.status, said(&output)));
    }
    if output.stdout.is_empty() {
        return Err(format!("{line} prints nothing: {}", said(&output)));
    }
    Ok(())
}

fn ask(place: &Workplace, block: &Block) -> Result<(), String> {
    let script = "psql \"$DATABASE_URL\" -XAtq -v ON_ERROR_STOP=1 -c \"$QUESTION\"";
    let output = place.run(script, PATIENCE, &[("QUESTION", &block.text)]).map_err(|e| e.to_string())?;
    if !output.status.success() || output.stdout.is_empty() {
        return Err(format!("it finds nothing ({}): {}", output.status, said(&output)));
    }
    Ok(())
}
