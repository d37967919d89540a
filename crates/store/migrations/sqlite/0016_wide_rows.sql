-- Tables whose rows may be longer than a quarter of a page, with a row number again. In a tree WITHOUT ROWID each comparison
-- with such a row reads all of it (https://sqlite.org/withoutrowid.html, "When to use WITHOUT ROWID"): to find the recording of
-- one call, fifty pages of waveforms were read. Now keys are compared in an index that holds nothing else.
CREATE TABLE wide_recordings (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  call_key     BIGINT NOT NULL,
  -- Its name in the object store, new with every upload.
  object       TEXT   NOT NULL,
  content_type TEXT   NOT NULL,
  bytes        BIGINT NOT NULL,
  duration     BIGINT,
  stored_at    BIGINT NOT NULL,
  -- JSON: one array of loudness values 0…1 per channel, for the waveform. Last, because what stands before it is read without it.
  peaks        TEXT,
  PRIMARY KEY (account_id, call_key)
);
INSERT INTO wide_recordings (account_id, call_key, object, content_type, bytes, duration, stored_at, peaks)
SELECT account_id, call_key, object, content_type, bytes, duration, stored_at, peaks FROM recordings ORDER BY account_id, call_key;
DROP TABLE recordings;
ALTER TABLE wide_recordings RENAME TO recordings;

CREATE TABLE wide_call_details (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  call_key   BIGINT NOT NULL,
  transcript TEXT,
  attributes TEXT,
  PRIMARY KEY (account_id, call_key)
);
INSERT INTO wide_call_details (account_id, call_key, transcript, attributes)
SELECT account_id, call_key, transcript, attributes FROM call_details ORDER BY account_id, call_key;
DROP TABLE call_details;
ALTER TABLE wide_call_details RENAME TO call_details;

CREATE TABLE wide_customer_days (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  campaign_key BIGINT NOT NULL,
  day          BIGINT NOT NULL,
  dialled      BLOB   NOT NULL,
  reached      BLOB   NOT NULL,
  talked       BLOB   NOT NULL,
  goal         BLOB   NOT NULL,
  PRIMARY KEY (account_id, campaign_key, day)
);
INSERT INTO wide_customer_days (account_id, campaign_key, day, dialled, reached, talked, goal)
SELECT account_id, campaign_key, day, dialled, reached, talked, goal FROM customer_days ORDER BY account_id, campaign_key, day;
DROP TABLE customer_days;
ALTER TABLE wide_customer_days RENAME TO customer_days;
