SET LOCAL lock_timeout = '5s';
CREATE TABLE shift (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    began timestamptz NOT NULL,
    editor text NOT NULL
);
-- Nobody reads the table before the transaction has ended: its indexes hold nobody up.
CREATE INDEX shift_began ON shift (began);
