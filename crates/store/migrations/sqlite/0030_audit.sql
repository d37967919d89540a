-- Who did what: rows are added and never changed. Each carries the hash of the one before it.
CREATE TABLE audit_entries (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  -- 1, 2, 3 … without a gap.
  entry_no   BIGINT NOT NULL,
  at         BIGINT NOT NULL,
  -- user, token, operator or system.
  actor_kind TEXT   NOT NULL,
  -- The address of a user, the name of a token; else empty.
  actor      TEXT   NOT NULL,
  -- The network address that asked; empty where nobody did.
  address    TEXT   NOT NULL,
  action     TEXT   NOT NULL,
  -- What was done it to: an id, an address, a name; may be empty.
  subject    TEXT   NOT NULL,
  -- The customer's id, where it was about one.
  customer   TEXT,
  -- JSON, as the action says.
  details    TEXT   NOT NULL,
  -- SHA-256 of the hash before it and of this row.
  hash       BLOB  NOT NULL,
  PRIMARY KEY (account_id, entry_no)
) WITHOUT ROWID;
CREATE INDEX audit_entries_actor ON audit_entries (account_id, actor, entry_no);
CREATE INDEX audit_entries_action ON audit_entries (account_id, action, entry_no);
CREATE INDEX audit_entries_subject ON audit_entries (account_id, subject, entry_no);
CREATE INDEX audit_entries_customer ON audit_entries (account_id, customer, entry_no) WHERE customer IS NOT NULL;

-- The last row of each account's. A row of its own, which is locked while one is added: not the account's, which batches hold.
CREATE TABLE audit_heads (
  account_id BIGINT NOT NULL PRIMARY KEY REFERENCES accounts (account_id),
  entry_no   BIGINT NOT NULL,
  hash       BLOB  NOT NULL
) WITHOUT ROWID;
