//! An agency's plain page.

use super::paragraphs;
use crate::edition::Edition;
use wiredesk_contract::escape::escaped;

/// The page.
pub(super) fn page(edition: &Edition) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title>\n<link rel=\"canonical\" href=\"{}\">\n\
         </head><body><main><article><h1>{title}</h1>\n{}</article></main></body></html>\n",
        edition.wire.language,
        escaped(&edition.link),
        paragraphs(&edition.with_dateline()),
        title = escaped(&edition.title),
    )
}
