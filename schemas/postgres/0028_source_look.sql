SET LOCAL lock_timeout = '5s';

-- Wires that somebody at the page or the API wants to see before they are listed. The API asks here, since who is reached by strangers
-- must reach nobody; a fetcher looks, and lists what is wanted.
CREATE TABLE source_look (
    id           text        PRIMARY KEY,
    -- As it was typed: a feed, or a site that may have one.
    url          text        NOT NULL,
    actor        text        NOT NULL,
    asked        timestamptz NOT NULL,
    -- 'asked' -> 'seen' or 'unseen'; 'seen' -> 'wanted' -> 'listed' or 'refused'; what was refused may be wanted otherwise.
    state        text        NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'seen', 'unseen', 'wanted', 'listed', 'refused')),
    -- What a fetcher saw, and as what it is to be listed.
    preview      jsonb,
    wish         jsonb,
    -- The wire, once it is listed.
    source_id    text,
    -- Why nothing was seen or nothing was listed.
    error        text,
    -- Of the last change of state.
    at           timestamptz NOT NULL,
    -- Until when no other fetcher takes it.
    leased_until timestamptz
);

-- What fetchers look for every second.
CREATE INDEX source_look_open ON source_look (at) WHERE state IN ('asked', 'wanted');
