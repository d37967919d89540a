-- What was said in calls, for its search: `store::said_index` says how it is kept.
CREATE TABLE said_calls (
  account_id   BIGINT NOT NULL,
  call_key     BIGINT NOT NULL,
  campaign_key BIGINT NOT NULL,
  dialed_at    BIGINT NOT NULL,
  -- The local day of the call × 24 + its hour.
  hour         BIGINT NOT NULL,
  -- Of the words that are indexed: tells whether they are those of the transcript.
  words_hash   BIGINT NOT NULL,
  PRIMARY KEY (account_id, call_key)
) WITHOUT ROWID;

-- The words of those calls, each with the account before it. No text is stored a second time: the words of a call that goes are made
-- of its transcript again, and taken out where they stand (secure-delete), so that they are in no byte of the file.
CREATE VIRTUAL TABLE said_words USING fts5 (bot, customer, place, content = '', columnsize = 0, tokenize = "ascii tokenchars '_#'");
INSERT INTO said_words (said_words, rank) VALUES ('secure-delete', 1);

-- How far the calls that were stored before are: those that were dialled earlier than this one are not looked at yet.
CREATE TABLE said_fills (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  dialed_at  BIGINT NOT NULL,
  call_key   BIGINT NOT NULL,
  -- How many were looked at.
  calls      BIGINT NOT NULL,
  PRIMARY KEY (account_id)
) WITHOUT ROWID;

-- As in 0002: what the planner should believe.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('said_calls', 'said_calls', '1000000 100000 1');
ANALYZE sqlite_schema;
