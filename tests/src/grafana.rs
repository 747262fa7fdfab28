//! Grafana's dashboards as files: their panels, and a panel's SQL as Grafana would send it.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The time that every panel is asked for, as Grafana writes it.
const FROM: &str = "1970-01-01T00:00:00Z";
const TO: &str = "2100-01-01T00:00:00Z";

/// A dashboard.
pub struct Dashboard {
    /// Its file's name.
    pub file: String,
    /// What is in it.
    pub json: Value,
}

/// A query of a panel, or of a variable.
pub struct Query {
    /// Which, for people.
    pub place: String,
    /// As it stands in the file.
    pub text: String,
    /// `time_series` or `table`.
    pub format: String,
    /// Shortest time between two points, where the panel names one.
    pub interval: String,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// A file of the tree, as text.
pub fn read(name: &str) -> String {
    let path = folder(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// All dashboards.
pub fn dashboards() -> Vec<Dashboard> {
    let files = std::fs::read_dir(folder("deploy/grafana/dashboards")).into_iter().flatten().flatten();
    let mut names: Vec<String> = files.map(|f| f.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let load = |file: String| {
        let text = read(&format!("deploy/grafana/dashboards/{file}"));
        let json = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
        Dashboard { file, json }
    };
    names.into_iter().map(load).collect()
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

impl Dashboard {
    /// The panels that show something.
    pub fn panels(&self) -> impl Iterator<Item = &Value> {
        list(&self.json, "/panels").iter().filter(|panel| panel["type"] != "row")
    }

    fn queries(&self, key: &str) -> Vec<Query> {
        let of = |panel: &Value| {
            let (title, interval) = (text(panel, "/title"), text(panel, "/interval"));
            let asked = list(panel, "/targets").iter().filter(|target| target.get(key).is_some());
            let query = |target: &Value| Query {
                place: format!("{}, panel {title}", self.file),
                text: text(target, &format!("/{key}")),
                format: text(target, "/format"),
                interval: if interval.is_empty() { "1m".to_owned() } else { interval.clone() },
            };
            asked.map(query).collect::<Vec<_>>()
        };
        self.panels().flat_map(of).collect()
    }

    /// The PromQL of all panels.
    pub fn promql(&self) -> Vec<Query> {
        self.queries("expr")
    }

    /// The SQL of all panels.
    pub fn sql(&self) -> Vec<Query> {
        self.queries("rawSql")
    }

    /// The variables that are asked of Postgres: name, question, and what stands for all of them where that is not their list.
    pub fn variables(&self) -> Vec<(String, Query, Option<String>)> {
        let asked =
            list(&self.json, "/templating/list").iter().filter(|variable| variable["type"] == "query");
        let read = |variable: &Value| {
            let name = text(variable, "/name");
            let query = Query {
                place: format!("{}, variable {name}", self.file),
                text: text(variable, "/query"),
                format: "table".to_owned(),
                interval: "1m".to_owned(),
            };
            (name, query, variable.get("allValue").and_then(Value::as_str).map(str::to_owned))
        };
        asked.map(read).collect()
    }

    /// What no panel may lack, a sentence for each that does.
    pub fn incomplete(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut places: Vec<[u64; 4]> = Vec::new();
        for panel in self.panels() {
            let title = text(panel, "/title");
            let mut missing =
                |what: &str| wrong.push(format!("{}: panel {title:?} has no {what}", self.file));
            if title.is_empty() {
                missing("title");
            }
            if !text(panel, "/description").ends_with('.') {
                missing("description in sentences");
            }
            if list(panel, "/targets").is_empty() {
                missing("query");
            }
            if panel["type"] != "table" && text(panel, "/fieldConfig/defaults/unit").is_empty() {
                missing("unit");
            }
            let sources = list(panel, "/targets").iter().map(|target| text(target, "/datasource/uid"));
            if sources
                .chain([text(panel, "/datasource/uid")])
                .any(|uid| uid != "${postgres}" && uid != "${prometheus}")
            {
                missing("datasource by variable");
            }
            let [x, y, w, h] =
                ["x", "y", "w", "h"].map(|side| panel["gridPos"][side].as_u64().unwrap_or_default());
            let apart = |&[left, top, width, height]: &[u64; 4]| {
                x + w <= left || left + width <= x || y + h <= top || top + height <= y
            };
            if w * h == 0 || x + w > 24 || !places.iter().all(apart) {
                missing("place of its own");
            }
            places.push([x, y, w, h]);
        }
        wrong
    }
}

/// Seconds of `5m`, `1h`.
fn seconds(interval: &str) -> u32 {
    let interval = interval.trim().trim_matches('\'');
    let (number, unit) = interval.split_at(interval.len().saturating_sub(1));
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => panic!("{interval} is no interval"),
    };
    number.parse::<u32>().unwrap_or_else(|e| panic!("{interval}: {e}")) * unit
}

/// The SQL as Grafana sends it: variables first, then its macros as `grafana-postgresql-datasource` writes them.
pub fn expand(query: &Query, variables: &[(String, String)]) -> String {
    let mut sql = query.text.replace("$__interval", &query.interval);
    for (name, value) in variables {
        sql = sql.replace(&format!("${name}"), value);
    }
    while let Some(at) = sql.find("$__") {
        let rest = &sql[at + 3..];
        let (name, after) = rest.split_once('(').unwrap_or_else(|| panic!("{}: {rest}", query.place));
        let (inside, _) = after.split_once(')').unwrap_or_else(|| panic!("{}: {rest}", query.place));
        let arguments: Vec<&str> = inside.split(',').map(str::trim).collect();
        let column = arguments.first().copied().unwrap_or_default();
        let group = || {
            let seconds = seconds(arguments.get(1).copied().unwrap_or_default());
            format!("floor(extract(epoch from {column})/{seconds})*{seconds}")
        };
        let written = match name {
            "timeFilter" => format!("{column} BETWEEN '{FROM}' AND '{TO}'"),
            "timeGroup" => group(),
            "timeGroupAlias" => format!("{} AS \"time\"", group()),
            "timeFrom" => format!("'{FROM}'"),
            "timeTo" => format!("'{TO}'"),
            _ => panic!("{}: the macro {name} is not known here", query.place),
        };
        let end = at + 3 + name.len() + 1 + inside.len() + 1;
        sql.replace_range(at..end, &written);
    }
    sql
}
