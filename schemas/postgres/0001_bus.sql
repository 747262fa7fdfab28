-- The bus in Postgres: a log for each partition, groups that share partitions, and fenced publishers.
--
-- Appending locks the rows of its partitions until it commits, so within a partition commit order is offset order, and a
-- reader's snapshot never has a gap. Keys are bytes and headers are `json` (not `jsonb`), because both may carry U+0000.

CREATE TABLE bus_topic (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            text NOT NULL UNIQUE,
    retention_hours integer NOT NULL CHECK (retention_hours > 0),
    max_bytes       integer NOT NULL CHECK (max_bytes > 0)
);

CREATE TABLE bus_partition (
    topic       integer NOT NULL REFERENCES bus_topic ON DELETE CASCADE,
    partition   integer NOT NULL CHECK (partition >= 0),
    next_offset bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 20, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);

-- `at` is the record's own time; `stored_at`, the time it came, decides how long it is kept, so that old news that is
-- replayed is not deleted at once.
CREATE TABLE bus_record (
    topic     integer NOT NULL,
    partition integer NOT NULL,
    "offset"  bigint NOT NULL,
    at        timestamptz NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    key       bytea NOT NULL,
    headers   json NOT NULL,
    payload   bytea NOT NULL,
    PRIMARY KEY (topic, partition, "offset")
) WITH (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);

-- No compression: pglz costs more time than the bytes it saves (measured; see shared/bus/README.md).
ALTER TABLE bus_record ALTER COLUMN payload SET STORAGE EXTERNAL;

CREATE TABLE bus_group (
    name  text NOT NULL,
    topic integer NOT NULL REFERENCES bus_topic ON DELETE CASCADE,
    PRIMARY KEY (name, topic)
);

CREATE TABLE bus_member (
    group_name text NOT NULL,
    topic      integer NOT NULL,
    member     text NOT NULL,
    joined     bigint GENERATED ALWAYS AS IDENTITY,
    expires    timestamptz NOT NULL,
    PRIMARY KEY (group_name, topic, member),
    FOREIGN KEY (group_name, topic) REFERENCES bus_group ON DELETE CASCADE
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);

-- `epoch` counts the owners of a partition: a commit names it, and a former owner's is refused. `next` is NULL until
-- the group has a position.
CREATE TABLE bus_offset (
    group_name text NOT NULL,
    topic      integer NOT NULL,
    partition  integer NOT NULL,
    next       bigint,
    owner      text,
    epoch      bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (group_name, topic, partition),
    FOREIGN KEY (group_name, topic) REFERENCES bus_group ON DELETE CASCADE
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);

CREATE TABLE bus_producer (
    id    text PRIMARY KEY,
    epoch bigint NOT NULL
);

-- Appends a batch and answers the offset of each record, in the order given.
CREATE FUNCTION bus_append(
    topics integer[], partitions integer[], keys bytea[], payloads bytea[], headers text[], times timestamptz[]
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    answer bigint[];
BEGIN
    -- Always in the same order, so that two batches cannot wait for each other.
    PERFORM 1 FROM bus_partition p
    WHERE (p.topic, p.partition) IN (SELECT t, n FROM unnest(topics, partitions) AS u(t, n))
    ORDER BY p.topic, p.partition FOR NO KEY UPDATE;

    WITH given AS (
        SELECT u.*, row_number() OVER (PARTITION BY u.topic, u.partition ORDER BY u.place) - 1 AS nth
        FROM unnest(topics, partitions, keys, payloads, headers, times)
            WITH ORDINALITY AS u(topic, partition, key, payload, headers, at, place)
    ), stored AS (
        INSERT INTO bus_record (topic, partition, "offset", at, key, headers, payload)
        SELECT g.topic, g.partition, p.next_offset + g.nth, g.at, g.key, g.headers::json, g.payload
        FROM given g JOIN bus_partition p USING (topic, partition)
    ), counted AS (
        SELECT g.topic, g.partition, count(*) AS records FROM given g GROUP BY 1, 2
    ), moved AS (
        UPDATE bus_partition p SET next_offset = p.next_offset + c.records
        FROM counted c WHERE p.topic = c.topic AND p.partition = c.partition
        RETURNING p.topic, p.partition, p.next_offset - c.records AS first
    )
    SELECT array_agg(m.first + g.nth ORDER BY g.place) INTO answer
    FROM given g JOIN moved m USING (topic, partition);

    IF coalesce(cardinality(answer), 0) <> cardinality(topics) THEN
        RAISE EXCEPTION 'a partition of the batch does not exist' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN answer;
END $$;

-- Appends under a fence: NULL where a newer publisher holds the id. The shared lock makes a new publisher wait for this
-- transaction, so nothing of an older one becomes visible after the fence.
CREATE FUNCTION bus_publish(
    publisher text, held bigint,
    topics integer[], partitions integer[], keys bytea[], payloads bytea[], headers text[], times timestamptz[]
) RETURNS bigint[] LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM bus_producer p WHERE p.id = publisher AND p.epoch = held FOR SHARE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    RETURN bus_append(topics, partitions, keys, payloads, headers, times);
END $$;

-- One heartbeat of a member: joins or renews, frees what expired members held, takes free partitions up to a fair share.
-- Answers each partition that it holds, and how many it should hold.
CREATE FUNCTION bus_heartbeat(
    member_group text, member_topic integer, me text, lease_ms bigint
) RETURNS TABLE (held integer, held_epoch bigint, share integer) LANGUAGE plpgsql AS $$
DECLARE
    members  integer;
    place    integer;
    total    integer;
    fair     integer;
    changed  boolean := false;
BEGIN
    INSERT INTO bus_group (name, topic) VALUES (member_group, member_topic) ON CONFLICT DO NOTHING;
    PERFORM 1 FROM bus_group g WHERE g.name = member_group AND g.topic = member_topic FOR NO KEY UPDATE;

    UPDATE bus_member m SET expires = clock_timestamp() + lease_ms * interval '1 millisecond'
    WHERE m.group_name = member_group AND m.topic = member_topic AND m.member = me;
    IF NOT FOUND THEN
        INSERT INTO bus_member (group_name, topic, member, expires)
        VALUES (member_group, member_topic, me, clock_timestamp() + lease_ms * interval '1 millisecond');
        INSERT INTO bus_offset (group_name, topic, partition)
        SELECT member_group, member_topic, p.partition FROM bus_partition p WHERE p.topic = member_topic
        ON CONFLICT DO NOTHING;
        changed := true;
    END IF;

    DELETE FROM bus_member m
    WHERE m.group_name = member_group AND m.topic = member_topic AND m.expires < clock_timestamp();
    UPDATE bus_offset o SET owner = NULL, epoch = o.epoch + 1
    WHERE o.group_name = member_group AND o.topic = member_topic AND o.owner IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM bus_member m WHERE m.group_name = o.group_name AND m.topic = o.topic AND m.member = o.owner);
    IF FOUND THEN
        changed := true;
    END IF;

    SELECT count(*), count(*) FILTER (WHERE m.joined < (
        SELECT self.joined FROM bus_member self
        WHERE self.group_name = member_group AND self.topic = member_topic AND self.member = me))
    INTO members, place
    FROM bus_member m WHERE m.group_name = member_group AND m.topic = member_topic;
    SELECT count(*) INTO total FROM bus_offset o WHERE o.group_name = member_group AND o.topic = member_topic;
    fair := total / members + CASE WHEN place < total % members THEN 1 ELSE 0 END;

    UPDATE bus_offset o SET owner = me, epoch = o.epoch + 1
    WHERE o.group_name = member_group AND o.topic = member_topic AND o.partition IN (
        SELECT f.partition FROM bus_offset f
        WHERE f.group_name = member_group AND f.topic = member_topic AND f.owner IS NULL
        ORDER BY f.partition
        LIMIT greatest(0, fair - (SELECT count(*) FROM bus_offset h
            WHERE h.group_name = member_group AND h.topic = member_topic AND h.owner = me)));

    IF changed THEN
        PERFORM pg_notify('wiredesk_bus', '|group/' || member_group);
    END IF;
    RETURN QUERY SELECT o.partition, o.epoch, fair FROM bus_offset o
        WHERE o.group_name = member_group AND o.topic = member_topic AND o.owner = me
        UNION ALL SELECT -1, 0::bigint, fair;
END $$;

-- Gives partitions back: those named, or all and the membership where NULL.
CREATE FUNCTION bus_release(member_group text, member_topic integer, me text, given integer[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM bus_group g WHERE g.name = member_group AND g.topic = member_topic FOR NO KEY UPDATE;
    UPDATE bus_offset o SET owner = NULL, epoch = o.epoch + 1
    WHERE o.group_name = member_group AND o.topic = member_topic AND o.owner = me
      AND (given IS NULL OR o.partition = ANY (given));
    IF given IS NULL THEN
        DELETE FROM bus_member m WHERE m.group_name = member_group AND m.topic = member_topic AND m.member = me;
    END IF;
    PERFORM pg_notify('wiredesk_bus', '|group/' || member_group);
END $$;
