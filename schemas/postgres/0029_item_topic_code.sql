-- no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS item_topic_code ON item_topic (code, item_id);
