//! What a row of the table is polled with: its configuration, and clients that are shared.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde_json::Value;
use wiredesk_net::{Client, NetConfig};
use wiredesk_runtime::secret::MASK;

use crate::config::Config;
use crate::error::FetchError;
use crate::poll::Wire;
use crate::push::Others;
use crate::source::SourceConfig;

/// Local configuration, for the secrets that the table does not hold, and the clients, one pair an allow-list.
pub(super) struct Wires {
    local: BTreeMap<String, SourceConfig>,
    clients: Mutex<BTreeMap<Vec<String>, (Client, Client)>>,
    config: Arc<Config>,
}

impl Wires {
    /// Of the local list.
    ///
    /// # Errors
    /// [`FetchError`] where a client cannot be made.
    pub fn new(sources: &[SourceConfig], config: &Arc<Config>) -> Result<Self, FetchError> {
        let local = sources.iter().map(|s| (s.id.clone(), s.clone())).collect();
        let wires = Self { local, clients: Mutex::default(), config: config.clone() };
        for source in sources {
            wires.clients(&source.allow)?;
        }
        Ok(wires)
    }

    /// What a row is polled with.
    ///
    /// # Errors
    /// In words: its configuration cannot be read, or its secrets are not here.
    pub fn wire(&self, id: &str, url: &str, row: &Value) -> Result<Wire, String> {
        let mut config = match SourceConfig::deserialize(row) {
            Ok(config) if !masked(row) => config,
            read => match (self.local.get(id), read) {
                (Some(local), _) => local.clone(),
                (None, Ok(_)) => {
                    return Err(
                        "its secrets are in no file of this fetcher; name the source there too".to_owned()
                    );
                }
                (None, Err(error)) => return Err(format!("its configuration cannot be read: {error}")),
            },
        };
        url.clone_into(&mut config.url);
        let (client, page_client) = self.clients(&config.allow).map_err(|e| e.to_string())?;
        Ok(Wire { config, client, page_client })
    }

    /// All of the local list.
    ///
    /// # Errors
    /// [`FetchError`] where a client cannot be made.
    pub fn all(&self) -> Result<BTreeMap<String, Arc<Wire>>, FetchError> {
        let wire = |config: &SourceConfig| -> Result<Arc<Wire>, FetchError> {
            let (client, page_client) = self.clients(&config.allow)?;
            Ok(Arc::new(Wire { config: config.clone(), client, page_client }))
        };
        self.local.iter().map(|(id, config)| Ok((id.clone(), wire(config)?))).collect()
    }

    /// What asks for the documents of sources with this allow-list.
    ///
    /// # Errors
    /// [`FetchError`] where it cannot be made.
    pub fn client(&self, allow: &[String]) -> Result<Client, FetchError> {
        Ok(self.clients(allow)?.0)
    }

    fn clients(&self, allow: &[String]) -> Result<(Client, Client), FetchError> {
        let mut made = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pair) = made.get(allow) {
            return Ok(pair.clone());
        }
        let mut networks = self.config.net.allow.clone();
        networks.extend(allow.iter().cloned());
        let net = NetConfig { allow: networks, ..self.config.net.clone() };
        let pages = NetConfig {
            max_body_bytes: self.config.pages.max_bytes,
            total_seconds: self.config.pages.total_seconds,
            ..net.clone()
        };
        let agent = self.config.user_agent();
        let pair = (Client::new(&net, &agent)?, Client::new(&pages, &agent)?);
        made.insert(allow.to_vec(), pair.clone());
        Ok(pair)
    }
}

impl Others for Wires {
    fn wire(&self, id: &str, url: &str, row: &Value) -> Result<Wire, String> {
        Self::wire(self, id, url, row)
    }
}

/// Does a configuration of the table stand for one with secrets?
fn masked(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(MASK),
        Value::Array(all) => all.iter().any(masked),
        Value::Object(all) => all.values().any(masked),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_those_of_the_local_list() {
        let local: SourceConfig = toml::from_str(
            "id = \"a\"\nurl = \"https://wire.example/a\"\nheaders = { Authorization = \"Bearer hush\" }",
        )
        .unwrap();
        let row = serde_json::to_value(&local).unwrap();
        let wires = Wires::new(std::slice::from_ref(&local), &Arc::default()).unwrap();
        let wire = wires.wire("a", "https://wire.example/b", &row).unwrap();
        assert_eq!(wire.config.revealed_headers()["Authorization"], "Bearer hush");
        assert_eq!(wire.config.url, "https://wire.example/b", "the table's address is polled");
        let elsewhere = Wires::new(&[], &Arc::default()).unwrap();
        let error = |row: &Value| elsewhere.wire("a", "https://wire.example/a", row).err().unwrap();
        assert!(error(&row).contains("its secrets are in no file"));
        assert!(error(&json!({"id": 3})).contains("cannot be read"));
        let open = json!({"id": "a", "url": "https://wire.example/a"});
        assert!(elsewhere.wire("a", "https://wire.example/a", &open).is_ok(), "any active source is polled");
    }
}
