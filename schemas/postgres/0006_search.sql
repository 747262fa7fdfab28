-- What the API's lists need beside the ledger's own indexes.
CREATE INDEX item_headline_words ON item USING gin (to_tsvector('simple', headline));
