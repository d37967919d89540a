-- What people note on a call.
CREATE TABLE call_notes (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  call_key   BIGINT NOT NULL,
  note_key   BIGINT NOT NULL,
  -- Whose it is; none: a program's.
  user_key   BIGINT,
  text       TEXT NOT NULL,
  written_by TEXT NOT NULL,
  written_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, call_key, note_key)
);
