CREATE TABEL shift (id bigint PRIMARY KEY);
