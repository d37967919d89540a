-- What servers are told that give recordings only to whom they know.
CREATE TABLE recording_credentials (
  account_id    BIGINT NOT NULL REFERENCES accounts (account_id),
  -- The name of the server, in small letters.
  host          TEXT   NOT NULL,
  -- basic, bearer or header.
  scheme        TEXT   NOT NULL,
  -- The user of basic, or the name of the header; else empty.
  name          TEXT   NOT NULL,
  sealed_secret BYTEA  NOT NULL,
  changed_at    BIGINT NOT NULL,
  PRIMARY KEY (account_id, host)
);

-- What could not be fetched, counted by its reasons.
CREATE INDEX recording_fetches_failed ON recording_fetches (account_id, reason) WHERE status = 'failed';
