//! The guarded HTTP client: which addresses may be reached, caps, redirects.
