//! How answers look on a terminal: colours, columns, spans of time.

use wiredesk_contract::Timestamp;
use wiredesk_contract::time::span_words;
use wiredesk_runtime::terminal::Colour;
use wiredesk_store::source::State;

/// What the colours stand for.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    colour: Colour,
}

impl Paint {
    /// On a terminal, unless NO_COLOR is set.
    pub fn of_stdout() -> Self {
        Self { colour: Colour::of_stdout() }
    }

    /// None, whatever stdout is.
    #[cfg(test)]
    pub fn plain() -> Self {
        Self { colour: Colour::None }
    }

    fn with(self, code: &str, text: &str) -> String {
        self.colour.wrap(code, text)
    }

    /// What matters.
    pub fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    /// What matters less.
    pub fn quiet(self, text: &str) -> String {
        self.with("2", text)
    }

    /// Well.
    pub fn good(self, text: &str) -> String {
        self.with("32", text)
    }

    /// Not well.
    pub fn bad(self, text: &str) -> String {
        self.with("31", text)
    }

    /// To be looked at.
    pub fn warn(self, text: &str) -> String {
        self.with("33", text)
    }

    /// A state in its colour.
    pub fn state(self, state: State, text: &str) -> String {
        match state {
            State::Ok => self.good(text),
            State::Waiting => self.quiet(text),
            State::Silent | State::Paused => self.warn(text),
            State::Failing | State::Unreachable | State::Gone => self.bad(text),
        }
    }
}

/// `4 min ago`, `in 3 min`; `–` for never.
pub fn ago(at: Option<Timestamp>, now: Timestamp) -> String {
    match at {
        None => "–".to_owned(),
        Some(at) if at > now => format!("in {}", span_words((at - now).num_seconds() as f64)),
        Some(at) => format!("{} ago", span_words((now - at).num_seconds() as f64)),
    }
}

/// Text from a wire, safe to show: control characters could move the cursor or colour what follows.
pub fn safe(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Filled up with spaces to this many characters.
pub fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count())))
}

/// The first so many characters, with an ellipsis where there were more.
pub fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}
