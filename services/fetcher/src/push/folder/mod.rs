//! A watched folder: files that appear are read, published, and moved to `done/DATE/`, or to `error/` with a `.txt` beside
//! them that says why.
//!
//! Pure: [`looks`] (which files are whole). The shell: [`disk`] (lists, reads, moves), [`watch`] (the loop). A crash between
//! publishing and moving takes the file again, and finds nothing new in it.

pub mod disk;
pub mod looks;
pub mod watch;
