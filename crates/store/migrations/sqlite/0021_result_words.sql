-- What the account's senders write for a result, beside the words that are known from the start (`domain::outcome`).
CREATE TABLE result_words (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  -- `domain::outcome::word_key` of the word.
  word_key   TEXT   NOT NULL,
  word       TEXT   NOT NULL,
  code       TEXT   NOT NULL,
  PRIMARY KEY (account_id, word_key)
) WITHOUT ROWID;
