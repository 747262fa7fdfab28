//! Free ports on loopback.

use std::net::TcpListener;

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).map(|a| a.port()).unwrap_or_default()
}

/// So many ports in a row that were free a moment ago, below those that the system gives to whoever asks for any.
pub fn free_ports(count: u16) -> Vec<u16> {
    let mut first = 12_000 + (std::process::id() % 1_000) as u16 * 8;
    loop {
        let ports: Vec<u16> = (first..first + count).collect();
        if ports.iter().all(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()) {
            return ports;
        }
        first = if first > 31_000 { 12_000 } else { first + count };
    }
}
