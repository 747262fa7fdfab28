//! What came of the runs of one kind of fault: a table, and at last the demand.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use wiredesk_tests::BusChoice;

/// Rows are also appended to the file that this variable names.
const TABLE: &str = "WIREDESK_FAULT_TABLE";

/// Of the runs of one kind of fault on one bus.
#[derive(Debug)]
pub struct Report {
    bus: &'static str,
    runs: u32,
    versions: usize,
    wrong: Vec<String>,
    /// Processes that ended by themselves.
    ended: u32,
    faults: BTreeMap<&'static str, Fault>,
    seen: BTreeMap<String, u64>,
}

#[derive(Debug, Default)]
struct Fault {
    times: usize,
    /// From the end of the fault until everything was through.
    recovered: Vec<Duration>,
}

impl Report {
    /// Nothing yet.
    pub fn new(bus: BusChoice) -> Self {
        let bus = if bus == BusChoice::Kafka { "kafka" } else { "postgres" };
        Self {
            bus,
            runs: 0,
            versions: 0,
            wrong: Vec::new(),
            ended: 0,
            faults: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }

    /// A fault is over, and this long after its end everything was through.
    pub fn recovered(&mut self, fault: &'static str, after: Duration) {
        let row = self.faults.entry(fault).or_default();
        row.times += 1;
        row.recovered.push(after);
        println!("{fault} on {}: through {:.1} s after its end", self.bus, after.as_secs_f64());
    }

    /// Something was seen to happen so many times.
    pub fn saw(&mut self, what: &str, times: u64) {
        *self.seen.entry(what.to_owned()).or_default() += times;
    }

    /// How often something was seen.
    pub fn seen(&self, what: &str) -> u64 {
        self.seen.get(what).copied().unwrap_or_default()
    }

    /// A run is over.
    pub fn run(&mut self, versions: usize, ended: u32, wrong: Vec<String>) {
        self.runs += 1;
        self.versions += versions;
        self.ended += ended;
        self.wrong.extend(wrong);
    }

    fn rows(&self) -> String {
        let count = |part: &str| self.wrong.iter().filter(|line| line.contains(part)).count();
        let (lost, twice) = (count(" lacks version "), count(" times"));
        let other = self.wrong.len() - lost - twice;
        let mut rows = String::new();
        for (name, fault) in &self.faults {
            let mut times = fault.recovered.clone();
            times.sort();
            let median = times.get(times.len() / 2).copied().unwrap_or_default();
            let longest = times.last().copied().unwrap_or_default();
            let _ = writeln!(
                rows,
                "{name}|{}|{}|{}|{}|{lost}|{twice}|{other}|{:.1}|{:.1}",
                self.bus,
                self.runs,
                fault.times,
                self.versions,
                median.as_secs_f64(),
                longest.as_secs_f64()
            );
        }
        rows
    }

    /// Prints the table, and demands that nothing was wrong, that no process ended by itself, and that each of these was seen.
    pub fn close(self, must_be_seen: &[&str]) {
        if self.runs == 0 {
            return;
        }
        let rows = self.rows();
        println!(
            "fault|bus|runs|times|versions|lost|twice|other|median s|longest s\n{rows}seen: {:?}",
            self.seen
        );
        if let Some(file) = std::env::var_os(TABLE).filter(|name| !name.is_empty()) {
            let file = std::fs::File::options().create(true).append(true).open(file);
            file.and_then(|mut file| file.write_all(rows.as_bytes()))
                .unwrap_or_else(|e| panic!("{TABLE}: {e}"));
        }
        assert!(self.wrong.is_empty(), "{} things are wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
        assert_eq!(self.ended, 0, "a process ended by itself; its log says why");
        for what in must_be_seen {
            assert!(
                self.seen(what) > 0,
                "{what}: never seen to happen, so nothing was tested; seen: {:?}",
                self.seen
            );
        }
    }
}
