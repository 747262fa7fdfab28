-- no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS item_urgent ON item (version_created DESC, item_id DESC) WHERE urgency <= 3;
