-- What people at the desk list, beside the configuration: running fetchers look at the version every other second and read
-- the rows of origin 'desk' again when it has changed.
CREATE TABLE source_list (
    only    boolean PRIMARY KEY DEFAULT true CHECK (only),
    version bigint  NOT NULL DEFAULT 0
);

INSERT INTO source_list DEFAULT VALUES;
