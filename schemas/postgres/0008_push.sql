-- What comes by itself: subscriptions at WebSub hubs, and who watches a folder.
--
-- The secret is made by us, one for each subscription, and has to be kept as it is: each delivery's HMAC is computed with
-- it. It is never logged and no API shows it. The callback's token is derived from it; only the token's hash is looked up.
CREATE TABLE websub_subscription (
    source_id      text        NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    topic          text        NOT NULL,
    -- The hubs that the feed names, in its order, and the one that is asked.
    hubs           text[]      NOT NULL CHECK (cardinality(hubs) > 0),
    hub            text        NOT NULL,
    -- SHA-256 of the callback's token.
    token_hash     bytea       NOT NULL UNIQUE,
    secret         text        NOT NULL,
    -- wanted: asked for, or about to be. active: verified by the hub. denied: by the hub; asked again later.
    -- leaving: to be unsubscribed. resting: given up for a while.
    state          text        NOT NULL DEFAULT 'wanted'
                   CHECK (state IN ('wanted', 'active', 'denied', 'leaving', 'resting')),
    -- When the hub was last asked; NULL where it never was. Only what was asked for is confirmed.
    asked_at       timestamptz,
    verified_at    timestamptz,
    lease_until    timestamptz,
    -- When to ask (again): the first time, after a failure, for a renewal.
    next_ask       timestamptz NOT NULL,
    -- Where it is left for a while only: until when.
    rest_until     timestamptz,
    -- Requests since the last verification.
    failures       integer     NOT NULL DEFAULT 0,
    last_error     text,
    last_push      timestamptz,
    pushes         bigint      NOT NULL DEFAULT 0,
    -- Deliveries whose signature was wrong; they are dropped.
    forged         bigint      NOT NULL DEFAULT 0,
    -- Polls since the last verification that found an item which the hub had not sent.
    misses         integer     NOT NULL DEFAULT 0,
    PRIMARY KEY (source_id, topic)
);

CREATE INDEX websub_due ON websub_subscription (next_ask);

-- One fetcher at a time takes the files of a folder.
CREATE TABLE folder_lease (
    source_id   text        PRIMARY KEY REFERENCES source (id) ON DELETE CASCADE,
    lease_owner text        NOT NULL,
    lease_until timestamptz NOT NULL
);
