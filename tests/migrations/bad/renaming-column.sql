SET LOCAL lock_timeout = '5s';
ALTER TABLE item RENAME COLUMN lead TO standfirst;
