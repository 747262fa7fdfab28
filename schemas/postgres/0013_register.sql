-- People and organisations that items name, and which item names whom. Ids are given out by nobody: they follow from type and
-- normalised name (`ent:PER:marta olmedo`), or are Wikidata's (`wd:Q…`), so that a replay gives the same ones. See
-- shared/store/src/register.
CREATE TABLE entity (
    entity_id   text        PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('PER', 'ORG')),
    -- The fullest form of the first item that named it, or the extract's.
    name        text        NOT NULL,
    -- The entity that this one turned out to be: one hop, never a chain. The id stays and never becomes another's.
    merged_into text        REFERENCES entity CHECK (merged_into <> entity_id),
    first_seen  timestamptz NOT NULL
);

CREATE INDEX entity_merged ON entity (merged_into) WHERE merged_into IS NOT NULL;

-- How an entity is written, by language; '' where the language is not known.
CREATE TABLE entity_name (
    entity_id  text        NOT NULL REFERENCES entity,
    language   text        NOT NULL,
    name       text        NOT NULL,
    first_seen timestamptz NOT NULL,
    PRIMARY KEY (entity_id, language, name)
);

CREATE INDEX entity_name_lower ON entity_name (lower(name));

-- What an operator loaded (`wiredesk vocab load`): the processors name these by their Wikidata ids.
CREATE TABLE extract (
    entity_id text        PRIMARY KEY REFERENCES entity,
    -- Pairs of language and name.
    names     jsonb       NOT NULL,
    loaded    timestamptz NOT NULL
);

-- Who merged what into what, when and why.
CREATE TABLE entity_audit (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entity_id   text        NOT NULL,
    merged_into text        NOT NULL,
    actor       text        NOT NULL,
    reason      text        NOT NULL DEFAULT '',
    at          timestamptz NOT NULL
);

-- Whom and what the current version of an item names: entities of every type.
CREATE TABLE item_entity (
    item_id    text    NOT NULL REFERENCES item,
    entity_id  text    NOT NULL,
    kind       text    NOT NULL,
    name       text    NOT NULL,
    mentions   integer NOT NULL,
    salience   real    NOT NULL,
    confidence real    NOT NULL,
    PRIMARY KEY (item_id, entity_id)
);

CREATE INDEX item_entity_entity ON item_entity (entity_id, item_id);

-- The same by what the entities turned out to be: for dashboards.
CREATE VIEW item_entity_merged AS
    SELECT ie.item_id, coalesce(e.merged_into, ie.entity_id) AS entity_id, ie.kind, coalesce(root.name, ie.name) AS name,
           ie.mentions, ie.salience, ie.confidence
    FROM item_entity ie
    LEFT JOIN entity e ON e.entity_id = ie.entity_id
    LEFT JOIN entity root ON root.entity_id = e.merged_into;
