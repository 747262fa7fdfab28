-- no-transaction
-- A name exactly as typed, marks aside: the index of its letters finds every name that has them.
CREATE INDEX CONCURRENTLY IF NOT EXISTS entity_name_plain ON entity_name (search_plain(name));
