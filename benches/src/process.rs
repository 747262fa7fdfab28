//! What the kernel says of a process (proc(5)).

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

/// Numbers of `/proc/PID/stat`; those that are not there are 0.
struct Stat(Vec<f64>);

impl Stat {
    fn of(pid: u32) -> Self {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // After the name, which may have spaces.
        let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
        Self(fields.map(|field| field.parse().unwrap_or_default()).collect())
    }

    /// As proc(5) numbers them.
    fn field(&self, number: usize) -> f64 {
        self.0.get(number - 3).copied().unwrap_or_default()
    }

    /// Seconds of two fields in clock ticks, which are hundredths on Linux.
    fn seconds(&self, user: usize, kernel: usize) -> f64 {
        (self.field(user) + self.field(kernel)) / 100.0
    }
}

/// Seconds of processor time that a process has had, its own and the kernel's for it; 0 where it is gone.
pub fn processor(pid: u32) -> f64 {
    Stat::of(pid).seconds(14, 15)
}

/// The same of its children that have ended.
pub fn processor_of_ended(pid: u32) -> f64 {
    Stat::of(pid).seconds(16, 17)
}

/// The process that started it; 0 where it is gone.
pub fn parent(pid: u32) -> u32 {
    Stat::of(pid).field(4) as u32
}

/// The processes that it started and that have not ended.
pub fn children(of: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| parent(*pid) == of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_process_takes_is_told() {
        let own = std::process::id();
        let before = processor(own);
        let mut sum = 0_u64;
        // More than a tick, whatever the machine.
        while processor(own) < before + 0.05 {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        let above = parent(own);
        assert!(children(above).contains(&own), "{own} is not among the children of {above}");
        assert_eq!(processor(u32::MAX), 0.0);
    }
}
