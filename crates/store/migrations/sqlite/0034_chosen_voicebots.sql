-- Whoever sees chosen campaigns alone may see all campaigns of chosen voicebots as well, also those to come.
CREATE TABLE user_voicebots (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  user_key     BIGINT NOT NULL,
  voicebot_key BIGINT NOT NULL,
  PRIMARY KEY (account_id, user_key, voicebot_key)
) WITHOUT ROWID;

-- Ids of voicebots, a JSON array, beside those of campaigns.
ALTER TABLE invitations ADD COLUMN voicebots TEXT;
