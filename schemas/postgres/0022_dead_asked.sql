-- A dead letter that somebody wants sent again from the page or the API: it waits here until a relay, which may write to the topics, has
-- sent it. 'failed': it could not be sent; the reason says why, and it waits for somebody again.
ALTER TABLE dead_letter_settled DROP CONSTRAINT dead_letter_settled_action_check;
ALTER TABLE dead_letter_settled ADD CONSTRAINT dead_letter_settled_action_check
    CHECK (action IN ('asked', 'retried', 'failed', 'dropped'));

-- What the relay looks for every few seconds.
CREATE INDEX dead_letter_asked ON dead_letter_settled (dead_id) WHERE action = 'asked';
