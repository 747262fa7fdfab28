SET LOCAL lock_timeout = '5s';
ALTER TABLE item ADD COLUMN drawn double precision DEFAULT random();
