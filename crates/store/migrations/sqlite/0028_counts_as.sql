-- What a code's calls count as: success, failed or error. calls.class goes on saying how the line ended (0 answered, 1 failed,
-- 2 error), which no account changes.
ALTER TABLE result_codes ADD COLUMN counts_as TEXT NOT NULL DEFAULT 'success';
UPDATE result_codes SET counts_as = 'failed' WHERE code IN ('BS', 'NA');
UPDATE result_codes SET counts_as = 'error' WHERE code = 'CU';

-- Totals of a campaign's calls are by how the line ended, too: failed and error beside it are those of BS, NA and CU.
ALTER TABLE campaigns RENAME COLUMN success TO answered;
ALTER TABLE rollup_attempts ADD COLUMN answered BIGINT NOT NULL DEFAULT 0;
UPDATE rollup_attempts SET answered = success;

-- Changes of what a code means that are not over. Until the switch result_codes says what is in force, afterwards it says what
-- stands here. The one of the account that is worked on is not 'waiting'.
CREATE TABLE code_changes (
  account_id   BIGINT  NOT NULL REFERENCES accounts (account_id),
  -- They are worked on in this order.
  change_key   BIGINT  NOT NULL,
  code         TEXT    NOT NULL,
  counts_as    TEXT    NOT NULL,
  is_goal      BOOLEAN NOT NULL,
  -- waiting, preparing or settling.
  phase        TEXT    NOT NULL,
  -- While it is prepared: customers up to this one, in the order of campaign and number, are known in both meanings.
  campaign_key BIGINT  NOT NULL,
  contact_no   BIGINT  NOT NULL,
  PRIMARY KEY (account_id, change_key)
) WITHOUT ROWID;

-- What will be true by the meaning that is prepared, where that is something else; none otherwise. After the switch these hold
-- until they have been moved into the columns that they are named after.
ALTER TABLE calls ADD COLUMN next_newly_reached BOOLEAN;
CREATE INDEX calls_next ON calls (account_id, id) WHERE next_newly_reached IS NOT NULL;
-- Bits: 1 dialled, 2 reached, 4 talked, 8 goal.
ALTER TABLE contacts ADD COLUMN next_standing BIGINT;
CREATE INDEX contacts_next ON contacts (account_id, campaign_key, contact_no) WHERE next_standing IS NOT NULL;
ALTER TABLE customer_days ADD COLUMN next_reached BLOB;
ALTER TABLE customer_days ADD COLUMN next_talked BLOB;
ALTER TABLE customer_days ADD COLUMN next_goal BLOB;
CREATE INDEX customer_days_next ON customer_days (account_id, campaign_key, day) WHERE next_reached IS NOT NULL;

-- What the switch adds to the totals of campaigns and to rollup_attempts.
CREATE TABLE next_totals (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  campaign_key BIGINT NOT NULL,
  reached      BIGINT NOT NULL,
  talked       BIGINT NOT NULL,
  goal         BIGINT NOT NULL,
  PRIMARY KEY (account_id, campaign_key)
) WITHOUT ROWID;

CREATE TABLE next_attempts (
  account_id    BIGINT NOT NULL REFERENCES accounts (account_id),
  campaign_key  BIGINT NOT NULL,
  day           BIGINT NOT NULL,
  attempt       BIGINT NOT NULL,
  success       BIGINT NOT NULL,
  failed        BIGINT NOT NULL,
  error         BIGINT NOT NULL,
  newly_reached BIGINT NOT NULL,
  PRIMARY KEY (account_id, campaign_key, day, attempt)
) WITHOUT ROWID;
