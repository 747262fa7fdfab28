-- Which agency's dispatch an outlet's copy carries, where the copy came first: the dispatch's verdict names the copies, and
-- the ledger gives each of them a version that says `syndicated_from`. See shared/store/src/ledger/syndicate.rs.
CREATE TABLE syndication (
    -- The outlet's item. It may not be in the ledger yet: the stages before keep no order among items.
    carrier  text        PRIMARY KEY,
    -- The agency's item.
    dispatch text        NOT NULL,
    -- Whether the current version of the carrier says so.
    linked   boolean     NOT NULL DEFAULT false,
    made     timestamptz NOT NULL
);

CREATE INDEX syndication_due ON syndication (made, carrier) WHERE NOT linked;
