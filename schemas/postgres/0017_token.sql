-- Who may use the API. Of a token only the hash is here: whoever reads this table cannot use what it says.
CREATE TABLE api_token (
    -- Part of the token itself: tells the row, and of a token that leaked, which one to revoke.
    id              text        PRIMARY KEY,
    -- For people: who or what uses it.
    name            text        NOT NULL,
    -- SHA-256 of the whole token. It is 256 random bits, so no list of likely ones can be tried and a slow hash,
    -- as passwords need it, would only make every request slow.
    hash            bytea       NOT NULL CHECK (length(hash) = 32),
    scopes          text[]      NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['read', 'admin']),
    rate_per_minute integer     NOT NULL CHECK (rate_per_minute > 0),
    created         timestamptz NOT NULL,
    -- NULL: never.
    expires         timestamptz,
    -- To ten minutes: a write a request would be dear.
    last_used       timestamptz,
    revoked         timestamptz
);

-- What people changed: one row an action, written by the transaction that did it.
CREATE TABLE admin_audit (
    seq    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz NOT NULL,
    -- The operator at the command line, or the token: `token ID (NAME)`.
    actor  text        NOT NULL,
    -- Such as `source.pause`.
    action text        NOT NULL,
    -- The id of what it was done to.
    target text        NOT NULL,
    reason text        NOT NULL DEFAULT '',
    detail jsonb       NOT NULL DEFAULT '{}'
);

CREATE INDEX admin_audit_target ON admin_audit (target, at);
