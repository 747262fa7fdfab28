-- For dashboards (the role `dashboard` reads nothing else): figures, names and states; no news text.

-- What came in, by hour of its first version.
CREATE VIEW v_items_hourly AS
    SELECT date_trunc('hour', first_created) AS hour, source_id, language, kind, count(*) AS items,
           count(*) FILTER (WHERE duplicate_of IS NOT NULL) AS repeats,
           count(*) FILTER (WHERE version > 1) AS changed,
           count(*) FILTER (WHERE pub_status = 'canceled') AS canceled,
           count(*) FILTER (WHERE pub_status = 'withheld') AS withheld
    FROM item GROUP BY 1, 2, 3, 4;

-- How each wire of the present list is doing. Neither its address nor its configuration is shown: they may hold a key.
CREATE VIEW v_source_health AS
    SELECT id, name, config ->> 'language' AS language,
           CASE WHEN stopped IS NOT NULL THEN 'gone'
                WHEN paused OR paused_reason IS NOT NULL THEN 'paused'
                WHEN last_poll IS NULL THEN 'waiting'
                WHEN failures = 0 AND silent_since IS NOT NULL THEN 'silent'
                WHEN failures = 0 THEN 'ok'
                WHEN last_status IS NULL THEN 'unreachable'
                ELSE 'failing' END AS state,
           last_poll, last_ok, next_poll, last_status, failures, failing_since, silent_since, newest_item, last_arrival,
           items_seen, gap_seconds, coalesce(pace_seconds, interval_seconds) AS pace_seconds, partial
    FROM source WHERE active;

-- From the fetch to the ledger, and from the wire's own date to the ledger, by hour; first versions of the last seven days.
CREATE VIEW v_latency AS
    SELECT date_trunc('hour', first_created) AS hour, source_id, count(*) AS items,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_created - fetched_at)) AS pipeline_p50_seconds,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM first_created - fetched_at)) AS pipeline_p95_seconds,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_created - published)) AS published_p50_seconds,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM first_created - published)) AS published_p95_seconds
    FROM item WHERE version = 1 AND first_created > now() - interval '7 days' GROUP BY 1, 2;

-- What waits: the outbox by kind, and on the Postgres bus each group's input. Kafka tells the lag of its groups itself.
CREATE VIEW v_pipeline_lag AS
    SELECT 'outbox' AS place, kind AS name, count(*) FILTER (WHERE parked IS NULL) AS waiting,
           count(*) FILTER (WHERE parked IS NOT NULL) AS parked,
           coalesce(extract(epoch FROM now() - min(created) FILTER (WHERE parked IS NULL)), 0) AS oldest_seconds
    FROM outbox GROUP BY kind
    UNION ALL
    SELECT 'group', o.group_name, sum(p.next_offset - coalesce(o.next, 0)), 0, NULL
    FROM bus_offset o JOIN bus_partition p ON p.topic = o.topic AND p.partition = o.partition GROUP BY o.group_name;
