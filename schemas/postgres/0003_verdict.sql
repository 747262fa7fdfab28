-- The verdicts of the dedupe stage: written once under (item, text), before the clean message is sent. A replay reads
-- them back, a restart rebuilds the index of the last 96 hours from them.
CREATE TABLE verdict (
    item_id      text        NOT NULL,
    content_hash text        NOT NULL,
    -- The order in which verdicts were given: what the index is rebuilt in.
    seq          bigint      GENERATED ALWAYS AS IDENTITY,
    language     text        NOT NULL,
    event_time   timestamptz NOT NULL,
    revision     bigint      NOT NULL,
    verdict      jsonb       NOT NULL,
    -- What the index needs of the copy: fingerprint, headline, text. NULL once the item was killed or taken down.
    entry        jsonb,
    PRIMARY KEY (item_id, content_hash)
);

CREATE INDEX verdict_window ON verdict (language, event_time);
-- A takedown also blanks the passages that other items' verdicts quote as evidence.
CREATE INDEX verdict_compared ON verdict ((verdict -> 'evidence' ->> 'compared_with'));
-- Texts older than they are needed are forgotten.
CREATE INDEX verdict_text ON verdict (event_time) WHERE entry IS NOT NULL;
