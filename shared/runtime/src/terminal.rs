//! Answers on a terminal.

use std::io::IsTerminal;

/// The colours of a terminal, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// ANSI escapes.
    Ansi,
    /// Plain text, for pipes, files and `NO_COLOR`.
    None,
}

impl Colour {
    /// Colours, unless `NO_COLOR` is set and not empty (<https://no-color.org>).
    pub fn wanted() -> Self {
        if std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()) { Self::Ansi } else { Self::None }
    }

    /// Those that are wanted where stdout is a terminal; none elsewhere.
    pub fn of_stdout() -> Self {
        if std::io::stdout().is_terminal() { Self::wanted() } else { Self::None }
    }

    /// The text in a colour, by the number or numbers of its ANSI escape: `1`, `1;32`; none for an empty code.
    pub fn wrap(self, code: &str, text: &str) -> String {
        match self {
            Self::Ansi if !code.is_empty() => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            _ => text.to_owned(),
        }
    }
}

/// Without control characters: what others wrote must not steer the terminal.
pub fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_around_the_text_and_escapes_of_others_go() {
        assert_eq!(Colour::Ansi.wrap("1;32", "Ana"), "\u{1b}[1;32mAna\u{1b}[0m");
        assert_eq!(
            (Colour::Ansi.wrap("", "a"), Colour::None.wrap("1", "b")),
            ("a".to_owned(), "b".to_owned())
        );
        assert_eq!(printable("a\u{1b}[2Jb\n"), "a[2Jb");
    }
}
