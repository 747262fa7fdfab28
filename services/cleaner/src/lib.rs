//! Strips what is not news, and says what is new, changed or a repeat.
