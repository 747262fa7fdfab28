SET LOCAL lock_timeout = '5s';
CREATE INDEX CONCURRENTLY item_agency ON item (agency);
