-- What was said in calls, for its search: `store::said_index` says how it is kept.
CREATE TABLE said_calls (
  account_id   BIGINT   NOT NULL,
  call_key     BIGINT   NOT NULL,
  campaign_key BIGINT   NOT NULL,
  dialed_at    BIGINT   NOT NULL,
  -- The local day of the call × 24 + its hour.
  hour         BIGINT   NOT NULL,
  -- Of the words that are indexed: tells whether they are those of the transcript.
  words_hash   BIGINT   NOT NULL,
  -- The words, each with the account before it. On SQLite they are in `said_words`.
  words        TSVECTOR NOT NULL,
  PRIMARY KEY (account_id, call_key)
);
-- What comes in is gathered and put into the index many calls at once; every search reads what is gathered, so that it is kept small (kB).
CREATE INDEX said_calls_words ON said_calls USING gin (words) WITH (gin_pending_list_limit = 256);

-- How far the calls that were stored before are: those that were dialled earlier than this one are not looked at yet.
CREATE TABLE said_fills (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  dialed_at  BIGINT NOT NULL,
  call_key   BIGINT NOT NULL,
  -- How many were looked at.
  calls      BIGINT NOT NULL,
  PRIMARY KEY (account_id)
);
