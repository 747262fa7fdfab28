SET LOCAL lock_timeout = '5s';
ALTER TABLE item ADD COLUMN desk text NOT NULL;
