SET LOCAL lock_timeout = '5s';
ALTER TABLE item ALTER COLUMN lead SET NOT NULL;
