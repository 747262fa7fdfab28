//! JSON Lines on stdout, complaints on stderr, and the exit code that comes of them.

use std::any::Any;
use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use serde_json::Value;

use crate::failure::Failure;

/// What a tool writes.
pub struct Output {
    out: BufWriter<StdoutLock<'static>>,
    bad: u64,
}

impl Output {
    /// To stdout.
    pub fn stdout() -> Self {
        Self { out: BufWriter::new(io::stdout().lock()), bad: 0 }
    }

    /// One object, one line.
    pub fn write(&mut self, value: &Value) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, value)?;
        self.out.write_all(b"\n")
    }

    /// Writes what a core makes of an input; a core that panics costs this input only.
    pub fn write_of(&mut self, place: &str, core: impl FnOnce() -> Value) -> io::Result<()> {
        match self.caught(place, core) {
            Some(value) => self.write(&value),
            None => Ok(()),
        }
    }

    /// The same for people.
    pub fn text_of(&mut self, place: &str, core: impl FnOnce() -> String) -> io::Result<()> {
        match self.caught(place, core) {
            Some(text) => self.out.write_all(text.as_bytes()),
            None => Ok(()),
        }
    }

    fn caught<T>(&mut self, place: &str, core: impl FnOnce() -> T) -> Option<T> {
        match catch_unwind(AssertUnwindSafe(core)) {
            Ok(value) => Some(value),
            Err(payload) => {
                let said = said(payload.as_ref());
                self.skip(place, &format!("the core panicked ({said}); report it with this input"));
                None
            }
        }
    }

    /// Makes what was written visible, before a wait for more input.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Complains about an input that is skipped.
    pub fn skip(&mut self, place: &str, why: &str) {
        self.bad += 1;
        eprintln!("wiredesk: {place}: {why}; skipped");
    }

    /// 0, or 1 where something was skipped. Somebody who closed the pipe has read enough.
    pub fn finish(mut self, result: io::Result<()>) -> Result<ExitCode, Failure> {
        match result.and_then(|()| self.out.flush()) {
            Ok(()) if self.bad == 0 => Ok(ExitCode::SUCCESS),
            Ok(()) => Ok(ExitCode::FAILURE),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
            Err(error) => Err(error.into()),
        }
    }
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default()
}
