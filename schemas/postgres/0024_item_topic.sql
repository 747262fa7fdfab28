SET LOCAL lock_timeout = '5s';

-- Topics of items with what dashboards ask of them beside: to read each item's document for its topics took ten seconds at a
-- million items. 0025 fills it.
CREATE TABLE item_topic (
    item_id  text        NOT NULL REFERENCES item ON DELETE CASCADE,
    -- medtop:<number>
    code     text        NOT NULL,
    name     text        NOT NULL,
    level    integer     NOT NULL,
    -- When the item came, as the hourly views group it, and whether it repeats no other.
    hour     timestamptz NOT NULL,
    original boolean     NOT NULL,
    PRIMARY KEY (item_id, code)
);

-- All that the views read.
CREATE INDEX item_topic_hour ON item_topic (hour) INCLUDE (code, name, level, original);

-- For old items and new ones alike.
CREATE FUNCTION item_topics(doc jsonb) RETURNS TABLE (code text, name text, level integer)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT ON (t ->> 'code') t ->> 'code', t ->> 'name', (t ->> 'level')::integer
    FROM jsonb_path_query(doc, '$.subjects[*]') AS t
    WHERE t ->> 'code' IS NOT NULL AND t ->> 'name' IS NOT NULL AND jsonb_typeof(t -> 'level') = 'number'
    ORDER BY t ->> 'code'
$$;

CREATE FUNCTION item_topic_follow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM item_topic WHERE item_id = NEW.item_id;
    END IF;
    INSERT INTO item_topic
    SELECT NEW.item_id, t.*, date_bin('1 hour', NEW.first_created, timestamptz '2000-01-01 00:00:00+00'), NEW.duplicate_of IS NULL
    FROM item_topics(NEW.doc) AS t;
    RETURN NULL;
END $$;

CREATE TRIGGER item_topic_follow AFTER INSERT OR UPDATE OF doc ON item FOR EACH ROW EXECUTE FUNCTION item_topic_follow();
