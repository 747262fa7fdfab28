-- The stories, and which item belongs to which. One owner writes: see services/stories.
CREATE TABLE story (
    story_id    text        PRIMARY KEY,
    revision    bigint      NOT NULL,
    title       text        NOT NULL,
    language    text        NOT NULL,
    languages   text[]      NOT NULL,
    items       bigint      NOT NULL,
    first_seen  timestamptz NOT NULL,
    last_seen   timestamptz NOT NULL,
    -- The story message as it was last published.
    message     jsonb       NOT NULL
);

CREATE INDEX story_last_seen ON story (last_seen DESC, story_id);

-- An item is in one story at most; a withheld or withdrawn one is in none.
CREATE TABLE story_item (
    item_id    text        PRIMARY KEY,
    -- NULL where the item is known but in no story (withheld, withdrawn).
    story_id   text        REFERENCES story (story_id),
    -- The newest version of the item that was looked at.
    version    bigint      NOT NULL,
    -- The order in which items joined.
    seq        bigint      NOT NULL,
    event_time timestamptz NOT NULL,
    -- What the clustering needs of the item; NULL once it was withdrawn.
    features   jsonb
);

CREATE INDEX story_item_story ON story_item (story_id, seq);
CREATE INDEX story_item_time ON story_item (event_time);
