//! The consumer says how it is called. That it reads everything once is tried on a whole desk (`wiredesk_tests::docs::clients`),
//! for which cargo builds it because this test is here.

use std::process::Command;

#[test]
fn without_a_folder_it_says_what_it_wants() {
    let output = Command::new(env!("CARGO_BIN_EXE_wiredesk-consumer")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "usage: wiredesk-consumer FOLDER [--once]\n");
}
