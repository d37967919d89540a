-- Of a running campaign only the newest calls are in progress: found without looking at the others.
CREATE INDEX calls_open ON calls (account_id, campaign_key, contact_no) WHERE class IS NULL;
-- Whom the campaign has still to call.
CREATE INDEX contacts_waiting ON contacts (account_id, campaign_key, contact_no) WHERE NOT dialled;
-- As in 0002: what the planner should believe.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('calls', 'calls_open', '200 100 50 1'),
  ('contacts', 'contacts_waiting', '100000 50000 5000 1');
ANALYZE sqlite_schema;
