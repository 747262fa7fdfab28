//! Resident memory of a process, from the kernel.

/// Highest and present resident memory in MiB.
pub fn resident(pid: u32) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find(|l| l.starts_with(name));
        line.and_then(|l| l.split_whitespace().nth(1)).and_then(|n| n.parse::<u64>().ok()).unwrap_or_default()
            / 1024
    };
    (field("VmHWM:"), field("VmRSS:"))
}
