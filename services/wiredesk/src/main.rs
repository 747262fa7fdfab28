//! The one executable: every stage, and the tools.

mod acls;
mod banner;
mod boot;
mod cli;
mod config;
mod failure;
mod parts;
mod readiness;
mod roles;
mod supervise;

use std::process::ExitCode;

use clap::Parser;

/// A command whose reader has gone (`wiredesk acls | head`) ends without a word, as others do. Rust ignores SIGPIPE, so that `println!`
/// panics instead.
fn end_with_the_reader() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let of_writing = ["failed printing to stdout", "failed to write completion file"];
        let unread =
            |words: &str| of_writing.iter().any(|w| words.starts_with(w)) && words.contains("Broken pipe");
        if panic.payload_as_str().is_some_and(unread) {
            std::process::exit(0);
        }
        before(panic);
    }));
}

fn main() -> ExitCode {
    end_with_the_reader();
    match cli::dispatch(cli::Cli::parse()) {
        Ok(code) => code,
        Err(failure) => {
            if !matches!(failure, failure::Failure::Unread) {
                eprintln!("wiredesk: {failure}");
            }
            failure.exit_code()
        }
    }
}
