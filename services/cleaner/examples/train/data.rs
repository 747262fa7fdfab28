//! Labelled pages: `pages/ID.html.gz` or `html/ID.html.gz`, and what is to be taken from them.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use serde_json::Value;
use wiredesk_cleaner::tool::model::Sheet;

use crate::label::labels;

/// A labelled page.
pub struct Page {
    pub set: String,
    pub id: String,
    /// Its site: pages of one site are never on both sides of a fold.
    pub site: String,
    pub bytes: Vec<u8>,
    pub text: String,
    pub sheet: Sheet,
    /// Of each line, the share of its words in the text; negative where nobody knows.
    pub labels: Vec<f32>,
}

/// Reads a set; its truth has `text` or `articleBody`, `url`, and perhaps `perhaps`: text of which it is not known.
pub fn read(folder: &Path) -> std::io::Result<Vec<Page>> {
    let truth =
        [folder.join("truth.json"), folder.join("ground-truth.json")].into_iter().find(|p| p.is_file());
    let truth = truth.ok_or_else(|| std::io::Error::new(std::io::ErrorKind::NotFound, "no truth.json"))?;
    let truth: BTreeMap<String, Value> = serde_json::from_slice(&std::fs::read(truth)?)?;
    let set = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut pages = Vec::new();
    for (id, value) in truth {
        let text =
            ["text", "articleBody"].iter().find_map(|k| value[k].as_str()).unwrap_or_default().to_owned();
        let file = ["pages", "html"]
            .iter()
            .map(|sub| folder.join(sub).join(format!("{id}.html.gz")))
            .find(|path| path.is_file());
        let Some(file) = file else { continue };
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(std::fs::File::open(file)?).read_to_end(&mut bytes)?;
        let Some(sheet) = Sheet::of(&bytes) else { continue };
        let mut labels = labels(sheet.lines(), &text);
        if let Some(perhaps) = value["perhaps"].as_str() {
            let other = crate::label::labels(sheet.lines(), perhaps);
            for (label, other) in labels.iter_mut().zip(other) {
                if (*label >= 0.5) != (other >= 0.5) {
                    *label = -1.0;
                }
            }
        }
        let site = site(value["url"].as_str().unwrap_or(&id));
        let set = value["type"].as_str().map_or_else(|| set.clone(), |kind| format!("{set} {kind}"));
        pages.push(Page { set, id, site, bytes, text, sheet, labels });
    }
    Ok(pages)
}

/// The last two labels of the host, or three where the last two are short.
fn site(url: &str) -> String {
    let host = url.split("://").nth(1).unwrap_or(url).split(['/', ':', '?']).next().unwrap_or_default();
    let parts: Vec<&str> = host.split('.').collect();
    let keep = if parts.len() > 2 && parts[parts.len() - 2].len() <= 3 { 3 } else { 2 };
    parts[parts.len().saturating_sub(keep)..].join(".").to_lowercase()
}
