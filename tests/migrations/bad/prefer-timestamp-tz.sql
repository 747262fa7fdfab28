CREATE TABLE shift (id bigint PRIMARY KEY, began timestamp NOT NULL);
