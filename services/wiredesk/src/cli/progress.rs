//! Bars on what takes long, for somebody who watches: on a terminal, and not where `--quiet` was said.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

/// How bars look that count bytes, and those that count something else.
pub const BYTES: &str = "{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
pub const THINGS: &str = "{bar:40} {human_pos}/{human_len} {msg} {eta}";

static QUIET: AtomicBool = AtomicBool::new(false);

/// From now on no bar is shown.
pub fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// A bar of so many bytes or `things`, on stderr.
pub fn bar(length: u64, style: &str, things: &'static str) -> ProgressBar {
    if length == 0 || QUIET.load(Ordering::Relaxed) || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length).with_message(things);
    match ProgressStyle::with_template(style) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// The same for a command whose answer goes to stdout as it is made: on one terminal with it, a bar would only be in its way.
pub fn beside_answer(length: u64, style: &str, things: &'static str) -> ProgressBar {
    if io::stdout().is_terminal() { ProgressBar::hidden() } else { bar(length, style, things) }
}
