-- What browsers play in place of a recording that they do not (GSM, G.722, samples without a header, sizes that are not true): its
-- name in the object store, and its size. It is WAV with PCM of 16 bits.
ALTER TABLE recordings ADD COLUMN playable_object TEXT;
ALTER TABLE recordings ADD COLUMN playable_bytes BIGINT;

-- Whether the recordings that calls name by address are fetched. Off: the server asks whatever addresses senders write.
ALTER TABLE accounts ADD COLUMN fetch_recordings BOOLEAN NOT NULL DEFAULT FALSE;

-- Recordings that are fetched from the addresses that calls name.
CREATE TABLE recording_fetches (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  call_key   BIGINT NOT NULL,
  url        TEXT   NOT NULL,
  -- waiting, stored or failed.
  status     TEXT   NOT NULL,
  -- Why it is not there: of the last try.
  reason     TEXT,
  attempts   BIGINT NOT NULL,
  -- When it is tried; none once nothing is left to do.
  due_at     BIGINT,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, call_key)
);
CREATE INDEX recording_fetches_due ON recording_fetches (account_id, due_at) WHERE due_at IS NOT NULL;
