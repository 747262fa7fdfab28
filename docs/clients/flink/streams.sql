-- Windows and joins over the published topics, for Flink SQL 2.2 (flink-sql-connector-kafka 5.0.0-2.2, flink-json).
-- Both jobs end at what is published now; without 'scan.bounded.mode' they go on.

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

-- Each revision of each story, once, with all its items so far.
CREATE TABLE stories (
  story_id STRING,
  revision INT,
  title STRING,
  items ARRAY<ROW<item_id STRING, `language` STRING, headline STRING>>,
  seen AS PROCTIME()
) WITH (
  'connector' = 'kafka',
  'topic' = 'wiredesk.stories.v1',
  'properties.bootstrap.servers' = '127.0.0.1:9092',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = 'latest-offset',
  'format' = 'json'
);

CREATE TABLE hours (`hour` TIMESTAMP_LTZ(3), `language` STRING, items BIGINT, repeats BIGINT)
WITH ('connector' = 'print', 'print-identifier' = 'hours');

CREATE TABLE alerted (story_id STRING, alert STRING, urgency INT, item_id STRING, `language` STRING, headline STRING)
WITH ('connector' = 'print', 'print-identifier' = 'alerted');

-- Items an hour by language: first versions, and how many of them repeat another.
INSERT INTO hours
SELECT window_start, `language`, COUNT(*), COUNT(duplicate_of)
FROM TABLE(TUMBLE(TABLE items, DESCRIPTOR(versionCreated), INTERVAL '1' HOUR))
WHERE version = 1
GROUP BY window_start, window_end, `language`;

-- What else is told of a story that has urgent copy (urgency 1 to 3): each item of the story beside it, once. Each revision of a story lists
-- all its items, so the first row of each is kept. A join without a window keeps what it has seen: here for two days, longer than a
-- story of this kind is hot.
SET 'table.exec.state.ttl' = '2 d';

CREATE TEMPORARY VIEW told AS
SELECT story_id, item_id, `language`, headline
FROM (
  SELECT story_id, part.item_id, part.`language`, part.headline,
         ROW_NUMBER() OVER (PARTITION BY story_id, part.item_id ORDER BY seen) AS revision
  FROM stories CROSS JOIN UNNEST(stories.items) AS part (item_id, `language`, headline)
)
WHERE revision = 1;

INSERT INTO alerted
SELECT alert.story_id, urgent.headlines[1].`value`, urgent.urgency, other.item_id, other.`language`, other.headline
FROM items AS urgent
JOIN told AS alert ON alert.item_id = urgent.item_id
JOIN told AS other ON other.story_id = alert.story_id AND other.item_id <> alert.item_id
WHERE urgent.urgency <= 3 AND urgent.version = 1 AND urgent.pubStatus = 'usable';
