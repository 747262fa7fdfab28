SET LOCAL lock_timeout = '5s';
ALTER TABLE item_version ADD CONSTRAINT item_version_item FOREIGN KEY (item_id) REFERENCES item (item_id);
