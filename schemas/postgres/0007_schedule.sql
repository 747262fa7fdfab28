-- What the fetcher measures of each wire, how politeness is kept by registrable domain over all fetchers, and why a wire
-- is at rest.
ALTER TABLE source
    -- Registrable domain of the address: one queue, one rate.
    ADD COLUMN domain          text        NOT NULL DEFAULT '',
    -- Who lists it: 'config' (files of the configuration) or 'desk' (`wiredesk sources add`).
    ADD COLUMN origin          text        NOT NULL DEFAULT 'config',
    -- Why it is paused, in words, where the fetcher or an operator said so.
    ADD COLUMN paused_reason   text,
    -- Usual gap between two new items, in seconds, as measured; NULL until a few came.
    ADD COLUMN gap_seconds     double precision,
    -- Items in the document, and how many seconds of news they cover.
    ADD COLUMN window_items    integer,
    ADD COLUMN window_seconds  double precision,
    -- Pause between polls that the schedule has come to, in seconds.
    ADD COLUMN pace_seconds    double precision,
    -- When the document was last had in full, whatever the validators say.
    ADD COLUMN full_at         timestamptz,
    -- A permanent redirect under observation: where to, since when, how often seen.
    ADD COLUMN moved_to        text,
    ADD COLUMN moved_since     timestamptz,
    ADD COLUMN moved_seen      integer     NOT NULL DEFAULT 0,
    -- When the last new item arrived by our clock.
    ADD COLUMN last_arrival    timestamptz,
    -- Since when it has been silent for longer than five of its usual gaps; NULL while it speaks.
    ADD COLUMN silent_since    timestamptz,
    -- The form in words, such as 'RSS 2.0', and what was mended in the last document.
    ADD COLUMN form            text,
    ADD COLUMN repairs         jsonb;
