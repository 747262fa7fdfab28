SET LOCAL lock_timeout = '5s';
-- Since 0.4 nothing reads it, and 0.3 is no longer upgraded from.
-- squawk-ignore ban-drop-column
ALTER TABLE item DROP COLUMN lead;
