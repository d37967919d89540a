-- What is done with calls of an agent that are none to a customer: `import`, `leave`, or the id of a campaign.
ALTER TABLE hook_agents ADD COLUMN others TEXT NOT NULL DEFAULT 'import';
-- Whether the call is such a one and was left out.
ALTER TABLE hook_calls ADD COLUMN is_left_out BOOLEAN NOT NULL DEFAULT FALSE;

-- Customers whose names an import has changed, so that undoing it gives them back.
CREATE TABLE import_names (
  account_id   BIGINT NOT NULL,
  import_key   BIGINT NOT NULL,
  campaign_key BIGINT NOT NULL,
  contact_no   BIGINT NOT NULL,
  name_before  TEXT,
  name_since   TEXT   NOT NULL,
  PRIMARY KEY (account_id, import_key, campaign_key, contact_no)
);

-- Campaigns that an import has made.
CREATE TABLE import_campaigns (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  import_key   BIGINT NOT NULL,
  campaign_key BIGINT NOT NULL,
  PRIMARY KEY (account_id, import_key, campaign_key)
);
