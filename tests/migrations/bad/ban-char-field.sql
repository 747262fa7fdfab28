CREATE TABLE shift (id bigint PRIMARY KEY, code char(3) NOT NULL);
