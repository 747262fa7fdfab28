-- What the fetcher measures of each wire, how politeness is kept by registrable domain over all fetchers, and why a wire
-- is at rest.

-- The fetchers that live, each until then by Postgres' clock: one row is renewed, not every lease.
CREATE TABLE fetcher (
    owner       text        PRIMARY KEY,
    alive_until timestamptz NOT NULL
);

-- The domain is what is leased: one fetcher at a time speaks to it, so that its rate and its rests hold over all of them.
CREATE TABLE source_domain (
    -- Registrable domain, or 'own:host:port' on a network that the operator allowed: there no gaps are kept.
    domain       text        PRIMARY KEY,
    -- Whose it is, as long as that fetcher lives.
    lease_owner  text,
    -- Counts the changes of hands: what was polled under an older number is not saved.
    lease        bigint      NOT NULL DEFAULT 0,
    -- No request before: the gap after the last one, handed over with the lease.
    next_request timestamptz,
    -- No request before: the server asked for it (429).
    rest_until   timestamptz,
    -- Refusals in a row, and by how much its gaps are stretched since.
    refusals     integer     NOT NULL DEFAULT 0,
    slowness     double precision NOT NULL DEFAULT 1
);

CREATE INDEX source_domain_owner ON source_domain (lease_owner);

ALTER TABLE source
    -- Its queue; '' until a fetcher has placed it.
    ADD COLUMN domain          text        NOT NULL DEFAULT '',
    -- Who lists it: 'config' (files of the configuration) or 'desk' (`wiredesk sources add`).
    ADD COLUMN origin          text        NOT NULL DEFAULT 'config',
    -- When somebody last edited it, by Postgres' clock: fetchers look again at what was.
    ADD COLUMN edited          timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Why it is paused, or asked once a week only, in words, where the fetcher or an operator said so.
    ADD COLUMN paused_reason   text,
    -- Since when it has failed; NULL while it works.
    ADD COLUMN failing_since   timestamptz,
    -- Usual gap between two new items, in seconds, as measured; NULL until a few came.
    ADD COLUMN gap_seconds     double precision,
    -- Items in the document, and how many seconds of news they cover.
    ADD COLUMN window_items    integer,
    ADD COLUMN window_seconds  double precision,
    -- Pause between polls that the schedule has come to, in seconds.
    ADD COLUMN pace_seconds    double precision,
    -- What the schedule keeps: arrivals by hour of the day, and what the document asks for (ttl, skipHours).
    ADD COLUMN rhythm          jsonb,
    -- When the document was last had in full, whatever the validators say.
    ADD COLUMN full_at         timestamptz,
    -- A permanent redirect under observation: where to, since when, how often seen.
    ADD COLUMN moved_to        text,
    ADD COLUMN moved_since     timestamptz,
    ADD COLUMN moved_seen      integer     NOT NULL DEFAULT 0,
    -- The address that is polled instead of `url`, once a permanent redirect was seen often enough.
    ADD COLUMN moved_url       text,
    -- When the last new item arrived by our clock.
    ADD COLUMN last_arrival    timestamptz,
    -- Since when it has been silent for longer than five of its usual gaps; NULL while it speaks.
    ADD COLUMN silent_since    timestamptz,
    -- The form in words, such as 'RSS 2.0', and what was mended in the last document.
    ADD COLUMN form            text,
    ADD COLUMN repairs         jsonb,
    -- Leases are the domain's now.
    DROP COLUMN lease_owner,
    DROP COLUMN lease_until;

DROP INDEX IF EXISTS source_due, source_lease;
CREATE INDEX source_of_domain ON source (domain) WHERE active;
CREATE INDEX source_edited ON source (edited);
CREATE INDEX source_unplaced ON source (id) WHERE domain = '' AND active AND COALESCE(config ->> 'kind', 'feed') = 'feed';

-- Documents that a sitemap index lists, with what makes the next request for each conditional.
CREATE TABLE source_child (
    source_id     text        NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    url           text        NOT NULL,
    -- As the index says; the document was read in this state.
    modified      timestamptz,
    etag          text,
    last_modified text,
    body_hash     text,
    -- When the index last listed it.
    listed_at     timestamptz NOT NULL,
    PRIMARY KEY (source_id, url)
);

-- Whoever edits a source, by whatever way: an edited address starts afresh (validators, failures, redirects, and what
-- stopped it), and the fetchers look again.
CREATE FUNCTION source_edited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.url IS DISTINCT FROM OLD.url THEN
        NEW.etag := NULL;
        NEW.last_modified := NULL;
        NEW.body_hash := NULL;
        NEW.full_at := NULL;
        NEW.stopped := NULL;
        NEW.failures := 0;
        NEW.failing_since := NULL;
        NEW.moved_to := NULL;
        NEW.moved_since := NULL;
        NEW.moved_seen := 0;
        NEW.moved_url := NULL;
        NEW.window_items := NULL;
        NEW.window_seconds := NULL;
        NEW.rhythm := NULL;
        IF NOT NEW.paused THEN
            NEW.paused_reason := NULL;
        END IF;
    END IF;
    IF NEW.url IS DISTINCT FROM OLD.url OR NEW.config IS DISTINCT FROM OLD.config THEN
        NEW.domain := '';
    END IF;
    IF (NEW.url, NEW.config, NEW.active, NEW.paused, NEW.interval_seconds)
       IS DISTINCT FROM (OLD.url, OLD.config, OLD.active, OLD.paused, OLD.interval_seconds) THEN
        NEW.edited := clock_timestamp();
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER source_edited BEFORE UPDATE OF url, config, active, paused, interval_seconds ON source
    FOR EACH ROW EXECUTE FUNCTION source_edited();
