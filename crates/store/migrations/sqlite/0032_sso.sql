-- Single sign-on: people of the operator's provider (OpenID Connect) sign in without a password of their own here.

-- Who somebody of a provider is here. Asked by what the provider calls them, not by an account: of the directory, as people are.
CREATE TABLE sso_identities (
  issuer    TEXT   NOT NULL,
  subject   TEXT   NOT NULL,
  -- The person's; lower case.
  email     TEXT   NOT NULL,
  linked_at BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;
CREATE INDEX sso_identities_email ON sso_identities (email);

-- Hashes of what a provider or browser may show once: answers to sign-ins, and messages that somebody signed out.
CREATE TABLE sso_used (
  hash       BLOB NOT NULL PRIMARY KEY,
  -- After it, it would be refused for its age.
  expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sso_used_expires ON sso_used (expires_at);

-- Which groups of the provider belong to an account, and as what.
CREATE TABLE sso_groups (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  name       TEXT   NOT NULL,
  role       TEXT   NOT NULL,
  PRIMARY KEY (account_id, name)
) WITHOUT ROWID;
CREATE INDEX sso_groups_name ON sso_groups (name);

-- Whether a user belongs to the account because of a group, and leaves it with it.
ALTER TABLE users ADD COLUMN by_sso BOOLEAN NOT NULL DEFAULT FALSE;

-- Whether sessions that were begun with a password do not enter the account.
ALTER TABLE accounts ADD COLUMN passwords_forbidden BOOLEAN NOT NULL DEFAULT FALSE;

-- By whom of which provider a session was begun, and in which session there; null where it was begun with a password.
ALTER TABLE sessions ADD COLUMN sso_issuer TEXT;
ALTER TABLE sessions ADD COLUMN sso_subject TEXT;
ALTER TABLE sessions ADD COLUMN sso_sid TEXT;
-- What the provider is shown when somebody signs out; encrypted.
ALTER TABLE sessions ADD COLUMN sso_id_token BLOB;
CREATE INDEX sessions_sso ON sessions (sso_issuer, sso_subject) WHERE sso_issuer IS NOT NULL;
