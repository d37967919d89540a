-- Stored calls that are priced again from an instant on, and how far that is.
CREATE TABLE repricings (
  account_id    BIGINT NOT NULL REFERENCES accounts (account_id),
  repricing_key BIGINT NOT NULL,
  -- The campaign whose calls alone are concerned; 0: those of the account.
  campaign_key  BIGINT NOT NULL,
  -- The last call that has its price: the instant from which on, and key 0, where none has.
  dialed_at     BIGINT NOT NULL,
  call_key      BIGINT NOT NULL,
  -- Calls that were looked at.
  calls         BIGINT NOT NULL,
  PRIMARY KEY (account_id, repricing_key)
) WITHOUT ROWID;
