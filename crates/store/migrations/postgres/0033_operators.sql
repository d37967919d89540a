-- Operators run the service for all accounts. The mark is on the person; when it was given.
ALTER TABLE people ADD COLUMN operator_since BIGINT;
CREATE INDEX people_operators ON people (email) WHERE operator_since IS NOT NULL;

-- When a membership ends by itself: that of an operator who entered the account for a while. None: it lasts.
ALTER TABLE users ADD COLUMN ends_at BIGINT;

-- What an account may use at most; none: as much as it likes.
CREATE TABLE quotas (
  account_id      BIGINT NOT NULL PRIMARY KEY REFERENCES accounts (account_id),
  -- Calls that begin in a month of the account's zone.
  calls           BIGINT,
  -- Bytes of recordings that are kept.
  recording_bytes BIGINT,
  -- People who belong to it or are invited.
  people          BIGINT
);

-- Whom it was told that a quota is nearly used: once a month for each.
CREATE TABLE quota_notices (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  -- calls, recordings or people.
  quota      TEXT   NOT NULL,
  -- year × 12 + month − 1
  month      BIGINT NOT NULL,
  told_at    BIGINT NOT NULL,
  PRIMARY KEY (account_id, quota, month)
);

-- What an account keeps, changed in the transaction that changes it.
CREATE TABLE account_totals (
  account_id      BIGINT NOT NULL PRIMARY KEY REFERENCES accounts (account_id),
  -- Of recordings, as sent and as browsers play them.
  recording_bytes BIGINT NOT NULL,
  -- When a new or changed call came in last.
  received_at     BIGINT
);
INSERT INTO account_totals (account_id, recording_bytes)
SELECT account_id, CAST(SUM(bytes + COALESCE(playable_bytes, 0)) AS BIGINT) FROM recordings GROUP BY account_id;

-- Records that were not taken in, by the month in which they came. They are stored nowhere, so nothing recounts them.
CREATE TABLE refused_months (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  -- year × 12 + month − 1, in the account's zone
  month      BIGINT NOT NULL,
  records    BIGINT NOT NULL,
  -- Of them, those beyond the quota of calls.
  over_quota BIGINT NOT NULL,
  PRIMARY KEY (account_id, month)
);

-- Usage of whole accounts by month: for the quota of calls, and for who runs the service.
CREATE TABLE usage_months (
  account_id BIGINT NOT NULL,
  -- year × 12 + month − 1
  month      BIGINT NOT NULL,
  calls      BIGINT NOT NULL,
  -- In progress: in no other figure.
  open       BIGINT NOT NULL,
  talk_time  BIGINT NOT NULL,
  dial_time  BIGINT NOT NULL,
  blocks     BIGINT NOT NULL,
  cost       BIGINT NOT NULL,
  PRIMARY KEY (account_id, month)
);

-- How many calls of an account have a code; '' for those in progress.
CREATE TABLE usage_account_codes (
  account_id BIGINT NOT NULL,
  code       TEXT   NOT NULL,
  calls      BIGINT NOT NULL,
  PRIMARY KEY (account_id, code)
);

-- What is stored already.
INSERT INTO usage_months (account_id, month, calls, open, talk_time, dial_time, blocks, cost)
SELECT account_id, month, SUM(calls), SUM(open), SUM(talk_time), SUM(dial_time), SUM(blocks), SUM(cost)
FROM (
  SELECT account_id, month, calls, 0 AS open, talk_time, dial_time, blocks, cost FROM usage_campaign_months
  UNION ALL
  SELECT account_id,
         CAST(EXTRACT(YEAR FROM DATE '1970-01-01' + CAST(day AS INTEGER)) AS BIGINT) * 12
           + CAST(EXTRACT(MONTH FROM DATE '1970-01-01' + CAST(day AS INTEGER)) AS BIGINT) - 1,
         0, calls, 0, 0, 0, 0
  FROM usage_codes
  WHERE code = ''
) parts
GROUP BY account_id, month;

INSERT INTO usage_account_codes (account_id, code, calls)
SELECT account_id, code, SUM(calls) FROM usage_codes GROUP BY account_id, code;
