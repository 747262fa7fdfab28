-- The ledger: every version of every item, what the relay still has to publish, and how far the inputs were taken.
-- One transaction writes all of it; see shared/store/src/ledger.

-- Readers that follow changes go by (tx, change_seq) below pg_snapshot_xmin(pg_current_snapshot()), never by
-- change_seq alone: numbers are given out before their transaction commits.
CREATE SEQUENCE item_change_seq;

-- The current version of each item.
CREATE TABLE item (
    item_id         text        PRIMARY KEY,
    version         integer     NOT NULL CHECK (version > 0),
    -- The highest count of the entry's states that was seen with the current text.
    revision        bigint      NOT NULL,
    content_hash    text        NOT NULL,
    source_id       text        NOT NULL,
    language        text        NOT NULL,
    kind            text        NOT NULL,
    urgency         smallint    NOT NULL,
    pub_status      text        NOT NULL CHECK (pub_status IN ('usable', 'withheld', 'canceled')),
    embargoed_until timestamptz,
    -- When the wire says that it was published.
    published       timestamptz,
    first_created   timestamptz NOT NULL,
    version_created timestamptz NOT NULL,
    fetched_at      timestamptz NOT NULL,
    headline        text        NOT NULL,
    duplicate_of    text,
    relation        text,
    cluster         text        NOT NULL,
    -- The item as published.
    doc             jsonb       NOT NULL,
    -- The transaction of this version. It grows with the versions of an item: the ledger refuses to write otherwise.
    tx              xid8        NOT NULL DEFAULT pg_current_xact_id(),
    change_seq      bigint      NOT NULL DEFAULT nextval('item_change_seq')
);

CREATE INDEX item_newest ON item (version_created DESC, item_id DESC);
CREATE INDEX item_source ON item (source_id, version_created DESC, item_id DESC);
CREATE INDEX item_language ON item (language, version_created DESC, item_id DESC);
CREATE INDEX item_duplicate ON item (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX item_cluster ON item (cluster);
CREATE INDEX item_changed ON item (tx, change_seq);
CREATE INDEX item_embargo ON item (embargoed_until) WHERE pub_status = 'withheld';
-- A kill also blanks what other items' verdicts quote of the killed text.
CREATE INDEX item_compared ON item ((doc -> 'evidence' ->> 'compared_with'))
    WHERE doc -> 'evidence' ->> 'compared_with' IS NOT NULL;

-- Every version, for good.
CREATE TABLE item_version (
    item_id        text        NOT NULL,
    version        integer     NOT NULL CHECK (version > 0),
    content_hash   text        NOT NULL,
    -- The highest count of the entry's states that was seen with this text while it was current.
    revision       bigint      NOT NULL,
    change         text        NOT NULL,
    pub_status     text        NOT NULL,
    -- The version as published.
    doc            jsonb       NOT NULL,
    -- The full clean copy, whatever the rights: internal, never served. NULL once the item was killed.
    copy           jsonb,
    -- What is published when the embargo ends. NULL where there is none, and once the item was killed.
    held           jsonb,
    -- SHA-256 of the published payload, and of the tombstone that took its place in the outbox, if one did.
    digest         bytea       NOT NULL,
    digest_blanked bytea,
    created        timestamptz NOT NULL,
    PRIMARY KEY (item_id, version)
);

CREATE INDEX item_version_hash ON item_version (item_id, content_hash);
CREATE INDEX item_version_created ON item_version (created);
CREATE INDEX item_version_compared ON item_version ((doc -> 'evidence' ->> 'compared_with'))
    WHERE doc -> 'evidence' ->> 'compared_with' IS NOT NULL;

-- How far each input partition was taken: moved by compare-and-swap in the transaction that stores what came of it.
CREATE TABLE input_offset (
    -- The stage and the bus, 'processor@kafka': offsets of one bus mean nothing on another.
    consumer  text   NOT NULL,
    topic     text   NOT NULL,
    partition integer NOT NULL,
    -- The next offset to take.
    next      bigint NOT NULL,
    PRIMARY KEY (consumer, topic, partition)
);

-- What is still to be published, or was and has not been read back yet. Read by (tx, seq) below the snapshot's xmin.
CREATE TABLE outbox (
    tx       xid8        NOT NULL DEFAULT pg_current_xact_id(),
    seq      bigint      GENERATED ALWAYS AS IDENTITY,
    -- 'item' or 'story': the topic follows from the kind.
    kind     text        NOT NULL,
    -- The record's key: item or story id.
    key      text        NOT NULL,
    -- CloudEvents id, '<id>/<version>': what the relay knows a record by when it reads the topic back.
    event_id text        NOT NULL,
    payload  bytea       NOT NULL,
    -- An array of [name, value].
    headers  jsonb       NOT NULL,
    -- The record's own time.
    created  timestamptz NOT NULL,
    -- Why it cannot be published (larger than the topic takes); such a row waits for an operator.
    parked   text,
    PRIMARY KEY (tx, seq)
);

CREATE UNIQUE INDEX outbox_event ON outbox (kind, event_id);
CREATE INDEX outbox_key ON outbox (kind, key);

-- How far the relay has read each topic back; moved in the transaction that deletes the outbox rows seen on the way.
CREATE TABLE relay_position (
    bus       text    NOT NULL,
    topic     text    NOT NULL,
    partition integer NOT NULL,
    next      bigint  NOT NULL,
    PRIMARY KEY (bus, topic, partition)
);

-- Who took what back, let go or held, when and why.
CREATE TABLE status_audit (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item_id text        NOT NULL,
    version integer     NOT NULL,
    -- 'killed' (by the wire), 'taken_down' (by an operator), 'withheld', 'released'.
    action  text        NOT NULL,
    -- The wire's id, an operator's name, or 'wiredesk'.
    actor   text        NOT NULL,
    reason  text        NOT NULL DEFAULT '',
    at      timestamptz NOT NULL
);

CREATE INDEX status_audit_item ON status_audit (item_id, id);

-- What stays of a version once its item was killed: what it was and whence it came, and no word of it.
CREATE FUNCTION ledger_tombstone(doc jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_object_agg(key, value) || '{"headlines": [], "pubStatus": "canceled"}'
    FROM jsonb_each(doc)
    WHERE key = ANY ('{schema_version,uri,item_id,version,versionCreated,firstCreated,contentCreated,urgency,kind,language,language_confidence,infoSources,source,change,duplicate_of,relation,similarity,cluster,syndicated_from,repeats,content_hash,fetched_at}'::text[])
$$;
