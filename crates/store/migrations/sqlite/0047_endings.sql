-- How calls end: who hung up, and why. Causes are what senders write: the first of an account, as many as
-- domain::limits::CAUSES, are told apart by a key; cause_key 1 counts all others, 0 the calls of which nobody said a cause.
CREATE TABLE causes (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  cause_key  BIGINT NOT NULL,
  cause      TEXT   NOT NULL,
  PRIMARY KEY (account_id, cause_key),
  UNIQUE (account_id, cause)
) WITHOUT ROWID;

CREATE TABLE rollup_endings (
  account_id   BIGINT NOT NULL,
  campaign_key BIGINT NOT NULL,
  day          BIGINT NOT NULL,
  -- '' where nobody said.
  hangup_by    TEXT   NOT NULL,
  cause_key    BIGINT NOT NULL,
  calls        BIGINT NOT NULL,
  answered     BIGINT NOT NULL,
  talk_time    BIGINT NOT NULL,
  PRIMARY KEY (account_id, campaign_key, day, hangup_by, cause_key)
) WITHOUT ROWID;

-- Causes are kept without blanks around them from now on.
UPDATE calls
SET cause = NULLIF(TRIM(cause, char(9) || char(10) || char(13) || ' '), '')
WHERE cause <> TRIM(cause, char(9) || char(10) || char(13) || ' ') OR cause = '';

-- Of what is stored already: the commonest are told apart, and none that may hold a customer's number (six digits or more).
INSERT INTO causes (account_id, cause_key, cause)
SELECT account_id, place + 1, cause
FROM (
  SELECT account_id, cause, ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY COUNT(*) DESC, cause) AS place
  FROM calls
  WHERE cause IS NOT NULL
    AND LENGTH(cause) - LENGTH(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(cause, '0', ''), '1', ''), '2', ''), '3', ''), '4', ''),
                 '5', ''), '6', ''), '7', ''), '8', ''), '9', '')) < 6
  GROUP BY account_id, cause) commonest
WHERE place <= 200;

INSERT INTO rollup_endings
SELECT c.account_id, c.campaign_key, c.day, COALESCE(c.hangup_by, ''),
       CASE WHEN c.cause IS NULL THEN 0 ELSE COALESCE(t.cause_key, 1) END, COUNT(*),
       SUM(CASE WHEN c.class = 0 THEN 1 ELSE 0 END), SUM(c.talk_time)
FROM calls c
LEFT JOIN causes t ON t.account_id = c.account_id AND t.cause = c.cause
WHERE c.class IS NOT NULL
GROUP BY 1, 2, 3, 4, 5;
