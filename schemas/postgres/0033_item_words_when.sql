-- no-transaction
-- Takes the place of item_words: it answers words alone as well.
CREATE INDEX CONCURRENTLY IF NOT EXISTS item_words_when ON item USING gin (words, search_when(version_created));
