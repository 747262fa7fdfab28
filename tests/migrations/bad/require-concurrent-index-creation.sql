SET LOCAL lock_timeout = '5s';
CREATE INDEX item_agency ON item (agency);
