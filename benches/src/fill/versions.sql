-- Newest versions as they stand, and of items with several the ones before, shorter each.
INSERT INTO item_version (item_id, version, content_hash, revision, change, pub_status, doc, copy, digest, created)
SELECT item_id, version, content_hash, revision,
       CASE WHEN pub_status = 'canceled' THEN 'withdrawn' WHEN version = 1 THEN 'new' ELSE 'expanded' END, pub_status, doc,
       CASE WHEN pub_status = 'usable' THEN jsonb '{"removed": [{"text": "Join our channel", "reason": "share_row"}], "repairs": []}' END,
       sha256(convert_to(item_id, 'UTF8')), version_created
FROM item;

INSERT INTO item_version (item_id, version, content_hash, revision, change, pub_status, doc, copy, digest, created)
SELECT item_id, v, md5(item_id || v), v, CASE v WHEN 1 THEN 'new' ELSE 'expanded' END, 'usable',
       doc || jsonb_build_object('version', v, 'versionCreated', at, 'change', CASE v WHEN 1 THEN 'new' ELSE 'expanded' END)
           || jsonb_build_object('bodies', jsonb_build_array(jsonb_set(doc #> '{bodies,0}', '{value}',
                  to_jsonb(left(doc #>> '{bodies,0,value}', 500 + 200 * v))))),
       jsonb '{"removed": [], "repairs": []}', sha256(convert_to(item_id || v, 'UTF8')), at
FROM item, generate_series(1, version - 1) AS v, LATERAL (SELECT first_created + (version_created - first_created) * (v - 1) / version AS at) AS t
WHERE version > 1 AND pub_status = 'usable';

INSERT INTO story (story_id, revision, title, language, languages, items, first_seen, last_seen, message)
SELECT story_id, n, title, language, languages, n, first_seen, last_seen,
       jsonb_build_object('schema_version', 1, 'story_id', story_id, 'revision', n, 'title', title, 'language', language, 'languages', languages,
           'items', members, 'first_seen', first_seen, 'last_seen', last_seen, 'entities', jsonb '[]')
FROM (
    SELECT si.story_id, count(*) AS n, (array_agg(i.headline ORDER BY si.seq))[1] AS title, (array_agg(i.language ORDER BY si.seq))[1] AS language,
           array_agg(DISTINCT i.language ORDER BY i.language) AS languages, min(si.event_time) AS first_seen, max(si.event_time) AS last_seen,
           jsonb_agg(jsonb_build_object('item_id', i.item_id, 'language', i.language, 'headline', i.headline, 'score', 0.8) ORDER BY si.seq) AS members
    FROM story_item si JOIN item i USING (item_id) WHERE si.story_id IS NOT NULL GROUP BY si.story_id
) AS told;
