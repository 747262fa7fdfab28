SET LOCAL lock_timeout = '5s';
ALTER TABLE item ADD CONSTRAINT item_version_positive CHECK (version > 0);
