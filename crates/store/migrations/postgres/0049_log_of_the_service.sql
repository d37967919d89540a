-- Who did what to the service itself, and to no account: as audit_entries, with hashes of its own.
CREATE TABLE service_entries (
  -- 1, 2, 3 … without a gap.
  entry_no   BIGINT NOT NULL PRIMARY KEY,
  at         BIGINT NOT NULL,
  -- user, operator or system.
  actor_kind TEXT   NOT NULL,
  -- The address of a person; empty of a command.
  actor      TEXT   NOT NULL,
  -- The network address that asked; empty where nobody did.
  address    TEXT   NOT NULL,
  action     TEXT   NOT NULL,
  -- Whom it was done to.
  subject    TEXT   NOT NULL,
  -- JSON, as the action says.
  details    TEXT   NOT NULL,
  -- SHA-256 of the hash before it and of this row.
  hash       BYTEA  NOT NULL
);
CREATE INDEX service_entries_at ON service_entries (at, entry_no);

-- The last row of it, which is locked while one is added.
CREATE TABLE service_heads (
  head_key BIGINT NOT NULL PRIMARY KEY,
  entry_no BIGINT NOT NULL,
  hash     BYTEA  NOT NULL
);
INSERT INTO service_heads (head_key, entry_no, hash) VALUES (0, 0, DECODE(REPEAT('00', 32), 'hex'));
