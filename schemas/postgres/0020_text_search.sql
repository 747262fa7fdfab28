-- What readers search: the text of items in the words of each language, topics, and places on the map. All of it is derived from
-- the item in the same statement, so a kill, a takedown and retention reach it.
DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS unaccent;
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'the extensions unaccent and pg_trgm are missing and % may not install them: have the owner of the database say CREATE EXTENSION unaccent; CREATE EXTENSION pg_trgm, then run wiredesk migrate again', current_user;
END $$;

-- A configuration a language: marks on letters go, then its dictionary makes one word of a word's forms. `search_simple` is for
-- languages that have no dictionary.
DO $$
DECLARE
    language text;
    stem text;
BEGIN
    FOREACH language IN ARRAY ARRAY['catalan', 'english', 'french', 'german', 'italian', 'portuguese', 'simple', 'spanish'] LOOP
        stem := CASE language WHEN 'simple' THEN 'simple' ELSE language || '_stem' END;
        EXECUTE format('CREATE TEXT SEARCH CONFIGURATION %I (COPY = pg_catalog.%I)', 'search_' || language, language);
        EXECUTE format('ALTER TEXT SEARCH CONFIGURATION %I ALTER MAPPING FOR word, hword, hword_part WITH unaccent, pg_catalog.%I',
            'search_' || language, stem);
    END LOOP;
END $$;

-- The configuration of a language (BCP 47).
CREATE FUNCTION search_config(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path FROM CURRENT
    AS $$
    SELECT CASE split_part(language, '-', 1)
        WHEN 'ca' THEN 'search_catalan'::regconfig
        WHEN 'de' THEN 'search_german'::regconfig
        WHEN 'en' THEN 'search_english'::regconfig
        WHEN 'es' THEN 'search_spanish'::regconfig
        WHEN 'fr' THEN 'search_french'::regconfig
        WHEN 'it' THEN 'search_italian'::regconfig
        WHEN 'pt' THEN 'search_portuguese'::regconfig
        ELSE 'search_simple'::regconfig
    END
$$;

-- The language as a word of its own, which no text has: what is asked in the dictionary of one language finds only items of that
-- language, by the index alone. To compare the column `language` would read each text that the index has found.
CREATE FUNCTION search_language(language text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT '§' || CASE WHEN l IN ('ca', 'de', 'en', 'es', 'fr', 'it', 'pt') THEN l ELSE 'und' END
    FROM pg_catalog.split_part(language, '-', 1) AS l
$$;

-- What somebody typed, in the syntax of web searches, as it is asked of items in one language; `und` are the languages that have no
-- dictionary. Where nothing is left of it but words that every text has, it finds nothing.
CREATE FUNCTION search_query(language text, typed text) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path FROM CURRENT
    AS $$
    SELECT CASE WHEN numnode(words) = 0 THEN words ELSE words && quote_literal(search_language(language))::tsquery END
    FROM websearch_to_tsquery(search_config(language), typed) AS words
$$;

-- A headline as it is compared with what somebody typed.
CREATE FUNCTION search_plain(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path FROM CURRENT
    AS $$ SELECT lower(unaccent('unaccent'::regdictionary, $1)) $$;

-- Headline before lead before body (weights A, B, C). A tsvector has an end at 1 MB: of what is longer only the beginning is found.
CREATE FUNCTION search_words(language text, headline text, doc jsonb) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path FROM CURRENT
    AS $$
    SELECT setweight(to_tsvector(config, headline), 'A')
        || setweight(to_tsvector(config, left(coalesce(
               (SELECT string_agg(d #>> '{}', ' ') FROM jsonb_path_query(doc, '$.descriptions[*].value') d), ''), 10000)), 'B')
        || setweight(to_tsvector(config, left(coalesce(
               (SELECT string_agg(b #>> '{}', ' ')
                FROM jsonb_path_query(doc, '$.bodies[*] ? (@.contentType == "text/plain").value') b), ''), 100000)), 'C')
        || array_to_tsvector(ARRAY[search_language(language)])
    FROM search_config(language) AS config
$$;

ALTER TABLE item ADD COLUMN words tsvector GENERATED ALWAYS AS (search_words(language, headline, doc)) STORED;
-- The headline's words are among them.
DROP INDEX item_headline_words;
CREATE INDEX item_words ON item USING gin (words);
-- Headlines that are written a little otherwise.
CREATE INDEX item_headline_like ON item USING gin (search_plain(headline) gin_trgm_ops);
-- Topics by their codes.
CREATE INDEX item_topics ON item USING gin (jsonb_path_query_array(doc, '$.subjects[*].code'));

-- Stories of several items: their number at the top of the page.
CREATE INDEX story_several ON story (last_seen) WHERE items > 1;

-- Where items are about: for a place, and for a circle around one.
CREATE TABLE item_place (
    item_id  text NOT NULL REFERENCES item ON DELETE CASCADE,
    -- geo:<geonameid>
    place_id text NOT NULL,
    name     text NOT NULL,
    country  text NOT NULL,
    lat      double precision NOT NULL,
    lon      double precision NOT NULL,
    -- The story happens there; else it is only named.
    event    boolean NOT NULL,
    PRIMARY KEY (item_id, place_id)
);

CREATE INDEX item_place_place ON item_place (place_id, item_id);
CREATE INDEX item_place_where ON item_place (lat, lon);

-- For old items and new ones alike.
CREATE FUNCTION item_places(doc jsonb) RETURNS TABLE (place_id text, name text, country text, lat double precision, lon double precision, event boolean)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT ON (p ->> 'id') p ->> 'id', p ->> 'name', p ->> 'country', (p ->> 'lat')::float8, (p ->> 'lon')::float8, event
    FROM (
        SELECT doc -> 'event_place' AS p, true AS event
        UNION ALL
        SELECT value, false FROM jsonb_path_query(doc, '$.places[*]') AS value
    ) AS named
    WHERE jsonb_typeof(p -> 'lat') = 'number' AND jsonb_typeof(p -> 'lon') = 'number' AND p ->> 'id' IS NOT NULL
      AND p ->> 'name' IS NOT NULL AND p ->> 'country' IS NOT NULL
    ORDER BY p ->> 'id', event DESC
$$;

CREATE FUNCTION item_place_follow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM item_place WHERE item_id = NEW.item_id;
    END IF;
    INSERT INTO item_place SELECT NEW.item_id, p.* FROM item_places(NEW.doc) AS p;
    RETURN NULL;
END $$;

CREATE TRIGGER item_place_follow AFTER INSERT OR UPDATE OF doc ON item FOR EACH ROW EXECUTE FUNCTION item_place_follow();

INSERT INTO item_place SELECT i.item_id, p.* FROM item i, item_places(i.doc) AS p;
