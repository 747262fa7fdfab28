//! HTTP: items, stories, sources, live events, OpenAPI and the page.
