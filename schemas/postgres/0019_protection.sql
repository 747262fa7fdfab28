-- What was taken down and may not come back under another id: the ledger refuses copies from these addresses and with these words.
CREATE TABLE block (
    -- 'address': a link, as given; 'words': hash of the normalised text, as in verdict.exact.
    kind    text        NOT NULL CHECK (kind IN ('address', 'words')),
    value   text        NOT NULL,
    -- The item that was taken down.
    item_id text        NOT NULL,
    actor   text        NOT NULL,
    reason  text        NOT NULL DEFAULT '',
    at      timestamptz NOT NULL,
    PRIMARY KEY (kind, value)
);

CREATE INDEX block_item ON block (item_id);

-- status_audit.action says further: 'blocked' (a copy was refused; version is that of the item, 0 where there is none), 'lifted' (an
-- operator ended a block), 'expired' (kept as long as its source's retention says).

-- For retention: the oldest items of each source that still have words.
CREATE INDEX item_kept ON item (source_id, version_created) WHERE pub_status <> 'canceled';
