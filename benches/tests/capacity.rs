//! The program as it is called.

use std::process::Command;

#[test]
fn it_says_what_it_can_measure() {
    let help = Command::new(env!("CARGO_BIN_EXE_wiredesk-benches")).arg("--help").output().unwrap();
    assert!(String::from_utf8_lossy(&help.stdout).contains("scale"));
}
