//! The wires of a fixture, served again.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use wiredesk_contract::{ItemId, SourceId};
use wiredesk_oracle::source_table;

/// Documents by the name of their wire.
type Documents = BTreeMap<String, String>;

/// Feeds on loopback.
pub struct Wires {
    documents: Arc<Mutex<Documents>>,
    base: String,
}

impl Wires {
    /// The documents of a release's folder.
    pub fn load(release: &Path) -> Documents {
        let files = std::fs::read_dir(release).unwrap().map(|entry| entry.unwrap().path());
        files
            .filter(|path| path.extension().is_some_and(|e| e == "xml"))
            .map(|path| {
                (
                    path.file_stem().unwrap().to_string_lossy().into_owned(),
                    std::fs::read_to_string(&path).unwrap(),
                )
            })
            .collect()
    }

    /// Serves them.
    pub async fn serve(documents: Documents) -> Self {
        let documents = Arc::new(Mutex::new(documents));
        let shown = documents.clone();
        let answer = move |axum::extract::Path(wire): axum::extract::Path<String>| async move {
            let document = shown.lock().unwrap().get(&wire).cloned();
            match document {
                Some(text) => ([(header::CONTENT_TYPE, "application/rss+xml")], text).into_response(),
                None => StatusCode::NOT_FOUND.into_response(),
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/{wire}", get(answer))).await });
        Self { documents, base }
    }

    /// The feed list for the fetcher's configuration.
    pub fn source_tables(&self) -> Vec<toml::Table> {
        self.documents.lock().unwrap().keys().map(|name| source_table(name, &self.base)).collect()
    }

    /// Adds a sentence to the first entry of each wire; the items' ids.
    pub fn change(&self) -> Vec<ItemId> {
        let mut documents = self.documents.lock().unwrap();
        let mut changed = Vec::new();
        for (wire, text) in documents.iter_mut() {
            let (_, rest) = text.split_once("<guid isPermaLink=\"false\">").unwrap();
            let (guid, _) = rest.split_once("</guid>").unwrap();
            changed.push(ItemId::derive(&SourceId::new(wire.as_str()), guid));
            *text = text.replacen(
                "&lt;/p&gt;",
                " Una nota posterior añade que el plazo termina el lunes.&lt;/p&gt;",
                1,
            );
        }
        assert!(!changed.is_empty(), "the release left no wires");
        changed
    }
}
