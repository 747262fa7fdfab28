-- The rest of what dashboards ask: figures, names and states, no news text. The views are a public API, described in docs/sql.md:
-- columns are added at the end and never change their meaning; what would change is a new view, v2_….

-- Every hourly view groups by this expression, so that a condition on its column `hour` is one on the index: without it each
-- panel would read the whole table.
CREATE INDEX item_hour ON item (date_bin('1 hour', first_created, timestamptz '2000-01-01 00:00:00+00'));
-- Retention writes a row for each item that is past it.
CREATE INDEX status_audit_at ON status_audit (at);

-- As they were, by the index.
CREATE OR REPLACE VIEW v_items_hourly AS
    SELECT date_bin('1 hour', first_created, timestamptz '2000-01-01 00:00:00+00') AS hour, source_id, language, kind, count(*) AS items,
           count(*) FILTER (WHERE duplicate_of IS NOT NULL) AS repeats,
           count(*) FILTER (WHERE version > 1) AS changed,
           count(*) FILTER (WHERE pub_status = 'canceled') AS canceled,
           count(*) FILTER (WHERE pub_status = 'withheld') AS withheld
    FROM item GROUP BY 1, 2, 3, 4;

CREATE OR REPLACE VIEW v_latency AS
    SELECT date_bin('1 hour', first_created, timestamptz '2000-01-01 00:00:00+00') AS hour, source_id, count(*) AS items,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_created - fetched_at)) AS pipeline_p50_seconds,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM first_created - fetched_at)) AS pipeline_p95_seconds,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_created - published)) AS published_p50_seconds,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM first_created - published)) AS published_p95_seconds
    FROM item
    WHERE version = 1 AND first_created > now() - interval '7 days'
      AND date_bin('1 hour', first_created, timestamptz '2000-01-01 00:00:00+00') > now() - interval '7 days 1 hour'
    GROUP BY 1, 2;

-- An empty outbox is a row that says 0, and a group on the Postgres bus tells since when its oldest record waits.
CREATE OR REPLACE VIEW v_pipeline_lag AS
    SELECT 'outbox' AS place, k.kind AS name, count(o.seq) FILTER (WHERE o.parked IS NULL) AS waiting,
           count(o.seq) FILTER (WHERE o.parked IS NOT NULL) AS parked,
           coalesce(extract(epoch FROM now() - min(o.created) FILTER (WHERE o.parked IS NULL)), 0) AS oldest_seconds
    FROM (VALUES ('item'), ('story')) AS k (kind) LEFT JOIN outbox o ON o.kind = k.kind GROUP BY k.kind
    UNION ALL
    SELECT 'group', o.group_name, sum(p.next_offset - coalesce(o.next, 0)), 0,
           coalesce(extract(epoch FROM now() - min(first.stored_at)), 0)
    FROM bus_offset o JOIN bus_partition p ON p.topic = o.topic AND p.partition = o.partition
    LEFT JOIN LATERAL (
        SELECT r.stored_at FROM bus_record r
        WHERE r.topic = o.topic AND r.partition = o.partition AND r."offset" >= coalesce(o.next, 0) AND coalesce(o.next, 0) < p.next_offset
        ORDER BY r."offset" LIMIT 1
    ) AS first ON true
    GROUP BY o.group_name;

CREATE VIEW v_languages_hourly AS
    SELECT date_bin('1 hour', first_created, timestamptz '2000-01-01 00:00:00+00') AS hour, language, count(*) AS items,
           count(*) FILTER (WHERE duplicate_of IS NULL) AS originals,
           count(*) FILTER (WHERE duplicate_of IS NOT NULL) AS repeats,
           count(DISTINCT source_id) AS wires
    FROM item GROUP BY 1, 2;

CREATE VIEW v_urgency_hourly AS
    SELECT date_bin('1 hour', first_created, timestamptz '2000-01-01 00:00:00+00') AS hour, urgency, count(*) AS items
    FROM item GROUP BY 1, 2;

CREATE VIEW v_duplicates AS
    SELECT date_bin('1 hour', r.first_created, timestamptz '2000-01-01 00:00:00+00') AS hour, r.source_id,
           o.source_id AS original_source_id, r.language, r.relation, count(*) AS repeats,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.first_created - o.first_created)) AS delay_p50_seconds,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM r.first_created - o.first_created)) AS delay_p95_seconds
    FROM item r LEFT JOIN item o ON o.item_id = r.duplicate_of
    WHERE r.duplicate_of IS NOT NULL GROUP BY 1, 2, 3, 4, 5;

-- A story is told by the names in it: its title is a headline, and those are news text.
CREATE VIEW v_stories_active AS
    SELECT story_id, language, languages, items,
           (SELECT count(DISTINCT i.source_id) FROM story_item si JOIN item i USING (item_id) WHERE si.story_id = s.story_id) AS wires,
           (SELECT count(*) FROM story_item si WHERE si.story_id = s.story_id AND si.event_time > now() - interval '1 hour') AS items_last_hour,
           (SELECT string_agg(name, ', ' ORDER BY place)
            FROM jsonb_array_elements_text(s.message -> 'entities') WITH ORDINALITY AS e (name, place) WHERE place <= 5) AS names,
           first_seen, last_seen
    FROM story s WHERE items > 1 AND last_seen > now() - interval '2 days';

CREATE VIEW v_stories_hourly AS
    SELECT date_bin('1 hour', i.first_created, timestamptz '2000-01-01 00:00:00+00') AS hour, count(*) AS items,
           count(DISTINCT s.story_id) AS stories, count(DISTINCT s.story_id) FILTER (WHERE s.items > 1) AS stories_of_several
    FROM item i JOIN story_item si USING (item_id) JOIN story s ON s.story_id = si.story_id GROUP BY 1;

CREATE VIEW v_topics_hourly AS
    SELECT date_bin('1 hour', i.first_created, timestamptz '2000-01-01 00:00:00+00') AS hour, t ->> 'code' AS topic_code, t ->> 'name' AS topic,
           (t ->> 'level')::integer AS level, count(*) AS items, count(*) FILTER (WHERE i.duplicate_of IS NULL) AS originals
    FROM item i, jsonb_array_elements(i.doc -> 'subjects') AS t GROUP BY 1, 2, 3, 4;

-- Of the last day and of the three before it: each item of a day has its document read, and more days would take longer than a
-- person waits.
CREATE VIEW v_topics_trend AS
    SELECT topic_code, topic, level, coalesce(sum(originals) FILTER (WHERE hour > now() - interval '1 day'), 0) AS items_today,
           round(coalesce(sum(originals) FILTER (WHERE hour <= now() - interval '1 day'), 0) / 3.0, 1) AS items_a_day_before
    FROM v_topics_hourly WHERE hour > now() - interval '4 days' GROUP BY 1, 2, 3;

CREATE VIEW v_entities_trend AS
    SELECT e.entity_id, e.kind, min(e.name) AS name, count(*) FILTER (WHERE i.today) AS items_today,
           round(count(*) FILTER (WHERE NOT i.today) / 3.0, 1) AS items_a_day_before
    FROM (SELECT item_id, first_created > now() - interval '1 day' AS today FROM item
          WHERE date_bin('1 hour', first_created, timestamptz '2000-01-01 00:00:00+00') > now() - interval '4 days' AND duplicate_of IS NULL) AS i
    JOIN item_entity_merged e USING (item_id) GROUP BY 1, 2;

CREATE VIEW v_places_hourly AS
    SELECT date_bin('1 hour', i.first_created, timestamptz '2000-01-01 00:00:00+00') AS hour, p.place_id, p.name AS place, p.country,
           p.lat AS latitude, p.lon AS longitude, count(*) AS items
    FROM item i JOIN item_place p USING (item_id) WHERE p.event GROUP BY 1, 2, 3, 4, 5, 6;

CREATE VIEW v_corrections AS
    SELECT v.created AS at, v.item_id, v.version, i.source_id, i.language, i.kind, v.change, v.pub_status AS status,
           (SELECT a.action FROM status_audit a WHERE a.item_id = v.item_id AND a.version = v.version ORDER BY a.id DESC LIMIT 1) AS action,
           extract(epoch FROM v.created - i.first_created) AS seconds_after_first
    FROM item_version v JOIN item i USING (item_id) WHERE v.version > 1;

CREATE VIEW v_status_actions AS
    SELECT a.at, a.item_id, a.version, i.source_id, a.action FROM status_audit a LEFT JOIN item i USING (item_id);

CREATE VIEW v_refused_hourly AS
    SELECT date_bin('1 hour', first_seen, timestamptz '2000-01-01 00:00:00+00') AS hour, source_id, reason, count(*) AS documents
    FROM refused GROUP BY 1, 2, 3;

-- Only of the Postgres bus is the end of a partition known here.
CREATE VIEW v_input_positions AS
    SELECT split_part(o.consumer, '@', 1) AS stage, split_part(o.consumer, '@', 2) AS bus, o.topic, o.partition, o.next AS next_offset,
           p.next_offset AS end_offset, p.next_offset - o.next AS waiting
    FROM input_offset o
    LEFT JOIN bus_topic t ON o.consumer LIKE '%@postgres' AND t.name = o.topic
    LEFT JOIN bus_partition p ON p.topic = t.id AND p.partition = o.partition;

COMMENT ON VIEW v_items_hourly IS 'What came in, by hour of its first version, wire, language and kind';
COMMENT ON VIEW v_source_health IS 'How each wire of the present list is doing';
COMMENT ON VIEW v_latency IS 'Seconds from the fetch, and from the wire''s own date, to the ledger, by hour and wire; first versions of the last seven days';
COMMENT ON VIEW v_pipeline_lag IS 'What waits: the outbox by kind, and on the Postgres bus each group''s input';
COMMENT ON VIEW v_languages_hourly IS 'Items, repeats and wires by hour and language';
COMMENT ON VIEW v_urgency_hourly IS 'Items by hour and urgency of their newest version; 1 is a flash';
COMMENT ON VIEW v_duplicates IS 'Repeats by hour, wire, the original''s wire, language and relation, and how long after the original they came';
COMMENT ON VIEW v_stories_active IS 'Stories of two items or more that had one within two days, told by the names in them';
COMMENT ON VIEW v_stories_hourly IS 'By hour: the items that belong to a story, and how many stories had one';
COMMENT ON VIEW v_topics_hourly IS 'IPTC Media Topics of items, by hour';
COMMENT ON VIEW v_topics_trend IS 'IPTC Media Topics of the last 24 hours against the three days before; repeats apart';
COMMENT ON VIEW v_entities_trend IS 'People, organisations and others named in the last 24 hours against the three days before; repeats apart, merged names together';
COMMENT ON VIEW v_places_hourly IS 'Where it happens: places of events, by hour';
COMMENT ON VIEW v_corrections IS 'Every version after an item''s first: corrections, updates, kills, takedowns';
COMMENT ON VIEW v_status_actions IS 'What was withheld, released, killed, taken down, blocked, lifted or expired';
COMMENT ON VIEW v_refused_hourly IS 'Documents and entries of wires that could not be read, each different one once, by reason';
COMMENT ON VIEW v_input_positions IS 'How far the ledger and the stories have taken their input';
COMMENT ON VIEW item_entity_merged IS 'Whom and what each item names, merged names together';
