SET LOCAL lock_timeout = '5s';
ALTER TABLE item ADD COLUMN desk text;
ALTER TABLE item ADD COLUMN weight double precision NOT NULL DEFAULT 0;
