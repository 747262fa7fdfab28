SET LOCAL lock_timeout = '5s';

-- The hour and the day of an instant (UTC), counted from 1970: even numbers are hours, odd ones days. Beside the words in their index
-- they let a search begin with the newest items: an index of words alone finds the words of every year before the first can be shown.
-- Whoever asks names the hours or the days that he wants, with `&&`.
CREATE OR REPLACE FUNCTION search_when(at timestamptz) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ARRAY[2 * floor(extract(epoch FROM at AT TIME ZONE 'UTC') / 3600)::bigint,
                 2 * floor(extract(epoch FROM at AT TIME ZONE 'UTC') / 86400)::bigint + 1]
$$;
