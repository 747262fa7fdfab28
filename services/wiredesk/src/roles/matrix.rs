//! `schemas/postgres/roles.toml`, read.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::failure::Failure;

const TABLE: &str = include_str!("../../../../schemas/postgres/roles.toml");

/// Who may do what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Matrix {
    /// By name without prefix.
    pub role: BTreeMap<String, Role>,
    /// Tables, views and free-standing sequences.
    pub relation: BTreeMap<String, Row>,
    /// By name: none has two signatures.
    pub function: BTreeMap<String, Row>,
}

/// One role.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    /// What it is for.
    pub what: String,
    /// Roles whose rights it has too.
    #[serde(default)]
    pub member_of: Vec<String>,
    /// The same on the Postgres bus only.
    #[serde(default)]
    pub bus: Vec<String>,
    /// May it make temporary tables?
    #[serde(default)]
    pub temporary: bool,
    /// Does it log in itself?
    #[serde(default)]
    pub login: bool,
    /// Connections at most.
    pub connection_limit: Option<u32>,
    /// Settings of its sessions, where it logs in itself.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
}

impl Role {
    /// Is it granted to logins of services or people? The dashboard logs in itself, and those of the bus go to other roles.
    pub fn is_service(&self) -> bool {
        !self.login && !self.what.starts_with("Postgres bus:")
    }
}

/// The rights on one object, by role.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    #[serde(flatten)]
    pub rights: BTreeMap<String, Vec<String>>,
}

impl Matrix {
    pub fn of_this_build() -> Result<Self, Failure> {
        toml::from_str(TABLE)
            .map_err(|error| Failure::Failed(format!("schemas/postgres/roles.toml: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_it_is_a_role_and_every_right_is_one() {
        let matrix = Matrix::of_this_build().unwrap();
        let known = |name: &String| assert!(matrix.role.contains_key(name), "{name} is no role");
        for role in matrix.role.values() {
            role.member_of.iter().chain(&role.bus).for_each(known);
        }
        for row in matrix.relation.values().chain(matrix.function.values()) {
            for (role, rights) in &row.rights {
                known(role);
                for right in rights {
                    let word = right.split('(').next().unwrap();
                    let words = ["select", "insert", "update", "delete", "usage", "execute"];
                    assert!(words.contains(&word), "{right} is no right");
                }
            }
        }
    }

    #[test]
    fn a_dashboard_writes_nothing_and_only_the_relay_empties_the_outbox() {
        let matrix = Matrix::of_this_build().unwrap();
        for (name, row) in &matrix.relation {
            if let Some(rights) = row.rights.get("dashboard") {
                assert_eq!(rights, &["select"], "{name}");
                assert!(name.starts_with("v_") || name == "item_entity_merged", "{name} is a table");
            }
        }
        let may_delete = |(role, rights): (&String, &Vec<String>)| {
            rights.iter().any(|r| r == "delete").then(|| role.clone())
        };
        let deleting: Vec<String> = matrix.relation["outbox"].rights.iter().filter_map(may_delete).collect();
        assert_eq!(deleting, ["relay"]);
    }
}
