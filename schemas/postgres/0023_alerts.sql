-- Saved searches whose finds are sent to somebody's address as they are published (services/alerts).
CREATE TABLE alert (
    id             text        PRIMARY KEY,
    name           text        NOT NULL,
    -- The conditions as they were given, for people, and as the store asks them.
    query          jsonb       NOT NULL,
    filter         jsonb       NOT NULL,
    -- Where to. It may hold a credential: the API shows its host alone.
    url            text        NOT NULL,
    host           text        NOT NULL,
    -- The key of the signatures, base64. Shown once, when it is made.
    secret         text        NOT NULL,
    actor          text        NOT NULL,
    created        timestamptz NOT NULL,
    active         boolean     NOT NULL DEFAULT true,
    -- The place in the order of changes up to which everything was sent.
    tx             xid8        NOT NULL,
    change_seq     bigint      NOT NULL,
    -- Failed tries of the item that is next, when somebody may look again, and what went wrong.
    failures       integer     NOT NULL DEFAULT 0,
    next_try       timestamptz NOT NULL,
    last_error     text,
    delivered      bigint      NOT NULL DEFAULT 0,
    last_delivered timestamptz
);

CREATE INDEX alert_due ON alert (next_try) WHERE active;

-- What was given up after all its tries. It is not sent later.
CREATE TABLE alert_dead (
    alert_id text        NOT NULL REFERENCES alert ON DELETE CASCADE,
    item_id  text        NOT NULL,
    version  integer     NOT NULL,
    at       timestamptz NOT NULL,
    error    text        NOT NULL,
    PRIMARY KEY (alert_id, item_id, version)
);
