SET LOCAL lock_timeout = '5s';
ALTER TABLE item DROP COLUMN lead;
