-- Of some items, how many have words, topics or places other than the ledger's functions make of their documents.
WITH looked_at AS (
    SELECT * FROM item WHERE item_id IN (SELECT item_id FROM item ORDER BY item_id LIMIT 400)
)
SELECT count(*) FROM looked_at i
WHERE i.words IS DISTINCT FROM search_words(i.language, i.headline, i.doc)
   OR (SELECT array_agg((t.code, t.name, t.level) ORDER BY t.code) FROM item_topics(i.doc) AS t)
      IS DISTINCT FROM (SELECT array_agg((t.code, t.name, t.level) ORDER BY t.code) FROM item_topic t WHERE t.item_id = i.item_id)
   OR (SELECT array_agg(p ORDER BY p.place_id) FROM item_places(i.doc) AS p)::text
      IS DISTINCT FROM (SELECT array_agg((p.place_id, p.name, p.country, p.lat, p.lon, p.event) ORDER BY p.place_id) FROM item_place p WHERE p.item_id = i.item_id)::text
