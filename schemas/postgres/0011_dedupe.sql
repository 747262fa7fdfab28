-- What the index of repeats is rebuilt from, in bytes (services/cleaner/src/dedupe/kept.rs): a restart reads a million rows in
-- seconds, as neither texts nor evidence are read. NULL once the item was killed or its text forgotten.
ALTER TABLE verdict ADD COLUMN kept bytea;
-- A sketch is mostly hashes, which do not get smaller.
ALTER TABLE verdict ALTER COLUMN kept SET STORAGE EXTERNAL;
-- Hash of the normalised text, for the link to an equal text from before the window. NULL where there is no text, and
-- once the item was killed.
ALTER TABLE verdict ADD COLUMN exact text;

CREATE INDEX verdict_exact ON verdict (exact, event_time) WHERE exact IS NOT NULL;
-- The window is read in the order in which its verdicts were given.
CREATE INDEX verdict_order ON verdict (language, seq);
DROP INDEX verdict_window;
CREATE INDEX verdict_window ON verdict (language, event_time, seq);
