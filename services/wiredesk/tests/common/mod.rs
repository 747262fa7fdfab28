//! What the tests of the executable share.

use std::process::Command;

/// The executable with these arguments, and none of the surroundings that would configure it.
pub fn wiredesk(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wiredesk"));
    for name in [
        "DATABASE_URL",
        "KAFKA_BOOTSTRAP_SERVERS",
        "RUST_LOG",
        "WIREDESK_CONFIG",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ] {
        command.env_remove(name);
    }
    command.args(args);
    command
}
