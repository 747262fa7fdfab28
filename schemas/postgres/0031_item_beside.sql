-- no-transaction
-- What a list asks of an item that was found by its topic, its story or who is named in it. From the table that is a page of it an
-- item: of a million items the 2,600 of a topic took a tenth of a second.
CREATE INDEX CONCURRENTLY IF NOT EXISTS item_beside ON item (item_id)
    INCLUDE (version_created, first_created, source_id, language, kind, urgency, duplicate_of);
