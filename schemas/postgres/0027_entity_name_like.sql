-- no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS entity_name_like ON entity_name USING gin (search_plain(name) gin_trgm_ops);
