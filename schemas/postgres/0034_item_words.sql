-- no-transaction
DROP INDEX CONCURRENTLY IF EXISTS item_words;
