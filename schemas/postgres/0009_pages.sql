-- The second key of an entry: its guid or link without scheme and host. A site that goes from http to https, or to another host,
-- lists its old items under new ids; by this key they are found again.
ALTER TABLE seen_entry
    ADD COLUMN alt_key  text,
    ADD COLUMN alt_site text;

CREATE INDEX seen_entry_alt ON seen_entry (source_id, alt_key) WHERE alt_key IS NOT NULL;

-- For pruning: rows come in order of time, so a summary of each range of pages is enough, and costs an update nothing.
CREATE INDEX seen_entry_last ON seen_entry USING brin (last_seen) WITH (autosummarize = on);

-- When a document of the source was last read. A feed that only says "unchanged" touches none of its entries, though it still
-- lists them: they are no older than this.
ALTER TABLE source ADD COLUMN read_at timestamptz;
