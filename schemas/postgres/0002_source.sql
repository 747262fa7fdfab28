-- The wires, as the fetcher knows them: when to ask again, with which validators, how they are doing, and who asks.
-- Validators are written only after the bus has acknowledged what the answer held.
CREATE TABLE source (
    id               text        PRIMARY KEY,
    name             text        NOT NULL,
    url              text        NOT NULL,
    -- The source as configured; values of its headers are masked.
    config           jsonb       NOT NULL,
    -- In the list of the last start.
    active           boolean     NOT NULL DEFAULT true,
    -- By an operator.
    paused           boolean     NOT NULL DEFAULT false,
    -- For good, until its URL is edited: why, in words.
    stopped          text,
    -- Validators of the last answer whose entries are on the bus.
    etag             text,
    last_modified    text,
    body_hash        text,
    interval_seconds integer     NOT NULL,
    next_poll        timestamptz NOT NULL,
    last_poll        timestamptz,
    last_ok          timestamptz,
    -- HTTP status of the last answer; NULL where there was none.
    last_status      integer,
    -- Why the last poll failed, in words; NULL where it did not.
    last_error       text,
    -- Failed polls in a row.
    failures         integer     NOT NULL DEFAULT 0,
    -- Newest date that an entry carried.
    newest_item      timestamptz,
    -- Entries that were new or changed.
    items_seen       bigint      NOT NULL DEFAULT 0,
    -- The last document ended early.
    partial          boolean     NOT NULL DEFAULT false,
    -- Several fetchers share the sources: who polls this one now, and until when he is believed to live.
    lease_owner      text,
    lease_until      timestamptz
);

CREATE INDEX source_due ON source (next_poll) WHERE active AND NOT paused AND stopped IS NULL;
CREATE INDEX source_lease ON source (lease_owner) WHERE lease_owner IS NOT NULL;

-- The entries that were sent, by their last state: what an entry's revision is counted on.
CREATE TABLE seen_entry (
    source_id  text        NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    item_id    text        NOT NULL,
    entry_hash text        NOT NULL,
    -- Of the page's text, where one was fetched.
    page_hash  text,
    revision   bigint      NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen  timestamptz NOT NULL,
    -- The page is to be fetched (again) then, for the raw item as it was sent.
    page_due   timestamptz,
    page_tries integer     NOT NULL DEFAULT 0,
    pending    jsonb,
    PRIMARY KEY (source_id, item_id)
);

CREATE INDEX seen_entry_page ON seen_entry (source_id, page_due) WHERE page_due IS NOT NULL;

-- Documents and entries that could not be read: one dead letter for each different one, however often it is polled.
CREATE TABLE refused (
    source_id    text        NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    content_hash text        NOT NULL,
    reason       text        NOT NULL,
    first_seen   timestamptz NOT NULL,
    PRIMARY KEY (source_id, content_hash)
);
