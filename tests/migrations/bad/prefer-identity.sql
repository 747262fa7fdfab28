CREATE TABLE shift (id bigserial PRIMARY KEY);
