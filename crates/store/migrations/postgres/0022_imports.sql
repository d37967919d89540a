-- Customers may leave a list, and a number is never given again: it is a bit in customer_days.
ALTER TABLE campaigns ADD COLUMN next_contact_no BIGINT NOT NULL DEFAULT 0;
UPDATE campaigns SET next_contact_no = contacts;
-- Whether somebody put the customer on the list. Others are on it because of their calls, and leave it with the last one.
-- Of those who are there already it is not known, and they stay.
ALTER TABLE contacts ADD COLUMN listed BOOLEAN NOT NULL DEFAULT TRUE;

-- Files of calls that were brought in.
CREATE TABLE imports (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  import_key BIGINT NOT NULL,
  -- Who brought it; none: a program.
  user_key   BIGINT,
  -- The file's name and size.
  name       TEXT   NOT NULL,
  bytes      BIGINT NOT NULL,
  -- The file in the object store, until nobody needs it any more.
  object     TEXT,
  -- JSON: how it is read.
  options    TEXT   NOT NULL,
  -- checking, checked, storing, done, undoing, undone, dropped or failed.
  status     TEXT   NOT NULL,
  asked_at   BIGINT NOT NULL,
  ended_at   BIGINT,
  -- How far the present step is.
  percent    BIGINT NOT NULL,
  -- JSON: what was found in it, and what became of its calls.
  found      TEXT,
  stored     TEXT,
  -- What was wrong or odd, line by line: a file in the object store, as long as it can be undone.
  report     TEXT,
  -- Why it was given up, or the reference that finds the cause in the log.
  failure    TEXT,
  PRIMARY KEY (account_id, import_key)
);
CREATE INDEX imports_asked ON imports (account_id, asked_at);

-- The calls that an import has added or changed, so that it can be undone.
CREATE TABLE import_calls (
  account_id    BIGINT NOT NULL,
  import_key    BIGINT NOT NULL,
  call_id       TEXT   NOT NULL,
  -- JSON: the record as it was before, and its hash in hexadecimal; none: the call is new.
  record_before TEXT,
  hash_before   TEXT,
  -- The call's content_hash since.
  hash          BYTEA NOT NULL,
  PRIMARY KEY (account_id, import_key, call_id)
);

-- Which column of a table is which field of a call, by the account's own names.
CREATE TABLE mappings (
  account_id  BIGINT NOT NULL REFERENCES accounts (account_id),
  name        TEXT   NOT NULL,
  -- Under which a table with the same header finds it again.
  fingerprint TEXT   NOT NULL,
  -- TOML.
  mapping     TEXT   NOT NULL,
  saved_at    BIGINT NOT NULL,
  PRIMARY KEY (account_id, name)
);
CREATE INDEX mappings_fingerprint ON mappings (account_id, fingerprint);
