//! Who wrote it.

/// Bytes of a name; longer ones are none.
const LONGEST: usize = 1000;

/// An author while the element is read.
#[derive(Debug, Default)]
pub(super) struct Person {
    text: String,
    name: String,
    email: String,
}

impl Person {
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn text(&mut self, text: &str) {
        if self.text.len() + text.len() <= LONGEST {
            self.text.push_str(text);
        }
    }

    pub(super) fn name(&mut self, text: &str) {
        if self.name.is_empty() && text.len() <= LONGEST {
            text.trim().clone_into(&mut self.name);
        }
    }

    pub(super) fn email(&mut self, text: &str) {
        if self.email.is_empty() && text.len() <= LONGEST {
            text.trim().clone_into(&mut self.email);
        }
    }

    /// The name, or else what there is.
    pub(super) fn take(&mut self) -> Option<String> {
        let this = std::mem::take(self);
        [this.name, this.text, this.email].into_iter().find(|t| !t.trim().is_empty())
    }
}

/// The name out of `a@x.example (Name)`, `Name <a@x.example>` and `Name (a@x.example)`; what has no address in it stays as
/// it is.
pub(super) fn name_of(text: &str) -> String {
    let text = text.trim();
    let pair = |open: char, close: char| -> Option<(&str, &str)> {
        let (outer, rest) = text.split_once(open)?;
        let (inner, after) = rest.split_once(close)?;
        after.trim().is_empty().then_some((outer.trim(), inner.trim()))
    };
    let Some((outer, inner)) = pair('(', ')').or_else(|| pair('<', '>')) else { return text.to_owned() };
    match (outer.contains('@'), inner.contains('@')) {
        (true, false) if !inner.is_empty() => inner.to_owned(),
        (false, true) if !outer.is_empty() => outer.to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_among_addresses() {
        for (text, name) in [
            ("redaccion@x.example (Ana Ruiz)", "Ana Ruiz"),
            ("Ana Ruiz <ana@x.example>", "Ana Ruiz"),
            ("Ana Ruiz (ana@x.example)", "Ana Ruiz"),
            ("Ana Ruiz (Madrid)", "Ana Ruiz (Madrid)"),
            ("ana@x.example", "ana@x.example"),
            ("Redacción—a@x.example（本社）", "Redacción—a@x.example（本社）"),
            (" ", ""),
        ] {
            assert_eq!(name_of(text), name);
        }
    }
}
