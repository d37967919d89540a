-- Files in the object store that nothing refers to: about to be stored, or about to be deleted.
CREATE TABLE loose_objects (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  object     TEXT   NOT NULL,
  since      BIGINT NOT NULL,
  PRIMARY KEY (account_id, object)
) WITHOUT ROWID;
