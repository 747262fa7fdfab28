-- What a source repeats on different articles is not news. The strip stage learns it from the stream and keeps it by versions:
-- a line counts as chrome for the pages that were fetched from `from_time` on, which lies ahead when the version is written.
CREATE TABLE source_memory (
    source_id text        PRIMARY KEY,
    -- The newest version; whoever holds this row's lock may write the next one.
    version   integer     NOT NULL DEFAULT 0,
    -- When the last lesson was held; NULL before the first.
    learnt_at timestamptz
);

-- What each of a source's newest articles tells: no text, so nothing is left to blank when an item is killed.
CREATE TABLE source_article (
    source_id  text        NOT NULL,
    item_id    text        NOT NULL,
    fetched_at timestamptz NOT NULL,
    -- Hashes of its short lines, 8 bytes each, big-endian.
    lines      bytea       NOT NULL,
    -- MinHash of its prose, 4 bytes a bin, big-endian: dispatches that are alike count once.
    sketch     bytea       NOT NULL,
    PRIMARY KEY (source_id, item_id)
);

CREATE INDEX source_article_newest ON source_article (source_id, fetched_at DESC);

-- The lines that a source repeats. Rows are never changed but for their end, and never deleted: a replay of old pages
-- needs the lines that were in force when they were fetched.
CREATE TABLE source_line (
    source_id     text        NOT NULL,
    line          bigint      NOT NULL,
    from_version  integer     NOT NULL,
    from_time     timestamptz NOT NULL,
    until_version integer,
    until_time    timestamptz,
    -- As it was printed, for people.
    text          text        NOT NULL,
    -- How many different dispatches had it when it was learnt.
    dispatches    integer     NOT NULL,
    PRIMARY KEY (source_id, line, from_version)
);
