ALTER TABLE item ADD COLUMN desk text;
