//! Groups items into stories, in and across languages.
