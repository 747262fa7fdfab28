//! Enriches clean copy and writes the ledger in one transaction.
