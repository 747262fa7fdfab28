-- no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS item_agency ON item (agency);
