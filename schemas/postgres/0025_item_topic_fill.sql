SET LOCAL lock_timeout = '5s';

-- The items of before. Each row is held while it is read, so that a version written meanwhile comes after it and is followed.
INSERT INTO item_topic
SELECT i.item_id, t.*, date_bin('1 hour', i.first_created, timestamptz '2000-01-01 00:00:00+00'), i.duplicate_of IS NULL
FROM (SELECT item_id, first_created, duplicate_of, doc FROM item FOR SHARE) AS i, item_topics(i.doc) AS t
ON CONFLICT DO NOTHING;

CREATE OR REPLACE VIEW v_topics_hourly AS
    SELECT hour, code AS topic_code, name AS topic, level, count(*) AS items, count(*) FILTER (WHERE original) AS originals
    FROM item_topic GROUP BY 1, 2, 3, 4;
