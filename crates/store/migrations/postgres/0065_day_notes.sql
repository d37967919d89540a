-- What people note on a day, for a campaign or for the whole account: every trend that shows the day is marked.
CREATE TABLE day_notes (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  note_key     BIGINT NOT NULL,
  -- None: of the whole account.
  campaign_key BIGINT,
  -- Days since 1970-01-01.
  day          BIGINT NOT NULL,
  text         TEXT NOT NULL,
  -- Who wrote it as it stands, and when.
  written_by   TEXT NOT NULL,
  written_at   BIGINT NOT NULL,
  PRIMARY KEY (account_id, note_key)
);
