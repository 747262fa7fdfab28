-- What operators did with dead letters. The topic keeps the letters; this says which of them are settled.
CREATE TABLE dead_letter_settled (
    dead_id text        PRIMARY KEY,
    -- 'retried': sent to its topic again; 'dropped': it is to stay refused.
    action  text        NOT NULL CHECK (action IN ('retried', 'dropped')),
    -- The operator's name.
    actor   text        NOT NULL,
    reason  text        NOT NULL DEFAULT '',
    at      timestamptz NOT NULL
);
