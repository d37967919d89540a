-- Sessions end by themselves, however much they are used. Those that were begun before do not say when they began: who has one
-- signs in again.
DROP TABLE sessions;
CREATE TABLE sessions (
  account_id  BIGINT NOT NULL REFERENCES accounts (account_id),
  secret_hash BYTEA  NOT NULL,
  user_key    BIGINT NOT NULL,
  begun_at    BIGINT NOT NULL,
  -- When it was begun or last extended, by the server's clock: a session from the future tells that the clock was set back.
  used_at     BIGINT NOT NULL,
  -- When it ends unless it is used.
  expires_at  BIGINT NOT NULL,
  -- When it ends, used or not.
  ends_at     BIGINT NOT NULL,
  PRIMARY KEY (account_id, secret_hash),
  FOREIGN KEY (account_id, user_key) REFERENCES users (account_id, user_key)
);
