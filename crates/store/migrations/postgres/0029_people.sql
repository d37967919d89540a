-- People sign in, and belong to accounts. What is theirs alone (password, name) stands apart from what they may do in an account.
-- The tables of people are a directory that is asked by an address, not by an account: a distributed PostgreSQL keeps them whole.
CREATE TABLE people (
  -- Lower case.
  email         TEXT   NOT NULL PRIMARY KEY,
  name          TEXT   NOT NULL,
  password_hash TEXT,
  -- When a link that was mailed to the address was last used: whoever set the password reads its mail.
  confirmed_at  BIGINT,
  created_at    BIGINT NOT NULL
);
INSERT INTO people (email, name, password_hash, created_at)
SELECT email, name, password_hash, created_at FROM users;

DROP INDEX users_email;
ALTER TABLE users DROP COLUMN name;
ALTER TABLE users DROP COLUMN password_hash;
-- When they last signed in to this account.
ALTER TABLE users ADD COLUMN seen_at BIGINT;
-- Whether they see the campaigns of user_campaigns alone.
ALTER TABLE users ADD COLUMN limited BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX users_of_account ON users (account_id, email);
CREATE INDEX users_email ON users (email);

CREATE TABLE user_campaigns (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  user_key     BIGINT NOT NULL,
  campaign_key BIGINT NOT NULL,
  PRIMARY KEY (account_id, user_key, campaign_key)
);

-- What tells a person's sessions apart.
ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';

-- Whether the link was mailed to its person, or given to somebody to pass on.
ALTER TABLE password_links ADD COLUMN mailed BOOLEAN NOT NULL DEFAULT FALSE;

-- Who was asked to belong to an account and has not said yes. One of an address; asked again, the link before it is over.
CREATE TABLE invitations (
  account_id  BIGINT  NOT NULL REFERENCES accounts (account_id),
  -- Lower case.
  email       TEXT    NOT NULL,
  role        TEXT    NOT NULL,
  -- Keys of the campaigns that they will see, a JSON array; all of them where it is null.
  campaigns   TEXT,
  -- None until the mail is sent.
  secret_hash BYTEA,
  mailed      BOOLEAN NOT NULL,
  -- Who asked; none: the operator.
  invited_by  BIGINT,
  invited_at  BIGINT  NOT NULL,
  expires_at  BIGINT  NOT NULL,
  PRIMARY KEY (account_id, email)
);

-- What a token may do, a JSON array of read, write, audio, manage; those that are there could do all but manage.
ALTER TABLE tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT '["read","write","audio"]';
-- Whether it sees customers' numbers only by their ends.
ALTER TABLE tokens ADD COLUMN masked BOOLEAN NOT NULL DEFAULT FALSE;
-- By the minute.
ALTER TABLE tokens ADD COLUMN used_at BIGINT;
