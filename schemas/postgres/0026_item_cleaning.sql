SET LOCAL lock_timeout = '5s';

-- What the cleaner took out of a version, for those who want to see before and after: none of what is withheld or withdrawn, and of
-- a wire that lends no full text the reasons without the words.
CREATE VIEW item_cleaning AS
    SELECT item_id, version,
           CASE WHEN doc -> 'source' ->> 'rights' = 'full_text' THEN coalesce(copy -> 'removed', '[]')
                ELSE coalesce((SELECT jsonb_agg(r - 'text') FROM jsonb_array_elements(copy -> 'removed') AS r), '[]') END AS removed,
           coalesce(copy -> 'repairs', '[]') AS repairs,
           (copy ->> 'memory_version')::integer AS memory_version,
           coalesce((copy ->> 'partial')::boolean, false) AS partial
    FROM item_version WHERE copy IS NOT NULL AND pub_status = 'usable';

COMMENT ON VIEW item_cleaning IS 'What the cleaner took out of each version and mended in it; for the API';
