-- A window over a published topic, for Flink SQL 2.2 (flink-sql-connector-kafka 5.0.0-2.2, flink-json).
-- The job ends at what is published now; without 'scan.bounded.mode' it goes on.

-- Each version of each item, once: the relay writes in transactions, so read_committed matters.
CREATE TABLE items (
  item_id STRING,
  version INT,
  `language` STRING,
  urgency INT,
  pubStatus STRING,
  duplicate_of STRING,
  headlines ARRAY<ROW<`value` STRING>>,
  versionCreated TIMESTAMP_LTZ(3),
  -- Between partitions there is no order: so much later than its neighbour may a record come.
  WATERMARK FOR versionCreated AS versionCreated - INTERVAL '30' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = 'wiredesk.items.v1',
  'properties.bootstrap.servers' = '127.0.0.1:9092',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = 'latest-offset',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE hours (`hour` TIMESTAMP_LTZ(3), `language` STRING, items BIGINT, repeats BIGINT)
WITH ('connector' = 'print', 'print-identifier' = 'hours');

-- Items an hour by language: first versions, and how many of them repeat another.
INSERT INTO hours
SELECT window_start, `language`, COUNT(*), COUNT(duplicate_of)
FROM TABLE(TUMBLE(TABLE items, DESCRIPTOR(versionCreated), INTERVAL '1' HOUR))
WHERE version = 1
GROUP BY window_start, window_end, `language`;
