-- Of a running campaign only the newest calls are in progress: found without looking at the others.
CREATE INDEX calls_open ON calls (account_id, campaign_key, contact_no) WHERE class IS NULL;
-- Whom the campaign has still to call.
CREATE INDEX contacts_waiting ON contacts (account_id, campaign_key, contact_no) WHERE NOT dialled;
