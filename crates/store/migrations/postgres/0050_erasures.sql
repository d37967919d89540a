-- Customers who are forgotten, by their number: how far each erasure is, and what it took out. It is its certificate once it is over.
CREATE TABLE erasures (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  erasure_key  BIGINT NOT NULL,
  asked_at     BIGINT NOT NULL,
  -- When it was over; the number itself is gone then.
  ended_at     BIGINT,
  phone_key    TEXT,
  -- How far the customer is whose calls are worked on: the last one of these.
  of_customer  BIGINT NOT NULL DEFAULT 0,
  -- How far all calls are, which are looked through when no customer is left.
  dialed_at    BIGINT NOT NULL DEFAULT 0,
  call_key     BIGINT NOT NULL DEFAULT 0,
  customers    BIGINT NOT NULL DEFAULT 0,
  calls        BIGINT NOT NULL DEFAULT 0,
  transcripts  BIGINT NOT NULL DEFAULT 0,
  recordings   BIGINT NOT NULL DEFAULT 0,
  files        BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, erasure_key)
);
