//! Settings from the environment: `WIREDESK__SECTION__KEY=value`, and the plain names that others use too.

use toml::Value;

/// One value for one key, from an environment variable or a flag.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// `["bus", "kafka", "brokers"]`.
    pub path: Vec<String>,
    /// As it was written.
    pub text: String,
    /// The variable's name; a flag has none.
    pub variable: Option<String>,
}

/// A plain variable that sets keys of ours.
#[derive(Clone, Copy, Debug)]
pub struct Alias {
    /// Its name, `DATABASE_URL`.
    pub variable: &'static str,
    /// The keys that it sets: to its value, or to this one.
    pub sets: &'static [(&'static str, Option<&'static str>)],
}

const PREFIX: &str = "WIREDESK__";

/// The settings of an environment; the plain names first, so that ours overrule them.
pub(super) fn settings(variables: &[(String, String)], aliases: &[Alias]) -> Vec<Setting> {
    let mut settings = Vec::new();
    for alias in aliases {
        let wanted = [alias.variable.to_owned(), format!("{}_FILE", alias.variable)];
        for (n, name) in wanted.iter().enumerate() {
            let Some((_, text)) = variables.iter().find(|(v, text)| v == name && !text.is_empty()) else {
                continue;
            };
            for (key, fixed) in alias.sets {
                let suffix = if n == 1 && fixed.is_none() { "_file" } else { "" };
                settings.push(Setting {
                    path: path(&format!("{key}{suffix}")),
                    text: fixed.map_or_else(|| text.clone(), str::to_owned),
                    variable: Some(name.clone()),
                });
            }
        }
    }
    let mut ours: Vec<&(String, String)> = variables.iter().filter(|(v, _)| v.starts_with(PREFIX)).collect();
    // The order of an environment is an accident.
    ours.sort();
    settings.extend(ours.into_iter().map(|(variable, text)| Setting {
        path: variable[PREFIX.len()..].split("__").map(str::to_lowercase).collect(),
        text: text.clone(),
        variable: Some(variable.clone()),
    }));
    settings
}

/// `a.b.c` as a path.
pub(super) fn path(key: &str) -> Vec<String> {
    key.split('.').map(|part| part.trim().to_owned()).collect()
}

/// What a text may mean, the likeliest first: a TOML value (`5`, `true`, `["a"]`), or simply text.
pub(super) fn candidates(text: &str) -> Vec<Value> {
    let mut values = Vec::new();
    if let Ok(mut table) = format!("v = {text}").parse::<toml::Table>()
        && table.len() == 1
        && let Some(value) = table.remove("v")
    {
        values.push(value);
    }
    values.push(Value::String(text.to_owned()));
    values
}
