-- The orders of the customers' list without an index of each: what customers are sorted and counted by, column by column, as
-- `store::customer_columns` says. A block is 65,536 numbers of a campaign's customers.
DROP INDEX contacts_latest_at;
DROP INDEX contacts_latest_talk_time;
DROP INDEX contacts_latest_code;
DROP INDEX contacts_latest_hangup;
DROP INDEX contacts_calls;
DROP INDEX contacts_cost;

-- The blocks that are kept. numbers is how many of a block are in customer_columns, from its first on; changes is how many rows of
-- customer_changes it has besides, and changed how many customers are in these.
CREATE TABLE customer_blocks (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  campaign_key BIGINT NOT NULL,
  block        BIGINT NOT NULL,
  numbers      BIGINT NOT NULL,
  changes      BIGINT NOT NULL,
  changed      BIGINT NOT NULL,
  PRIMARY KEY (account_id, campaign_key, block)
);

CREATE TABLE customer_columns (
  account_id   BIGINT NOT NULL,
  campaign_key BIGINT NOT NULL,
  -- Which column of the list: `store::customer_columns::packing` numbers them.
  column_no    BIGINT NOT NULL,
  block        BIGINT NOT NULL,
  -- One value for each number of the block.
  customers    BYTEA  NOT NULL,
  PRIMARY KEY (account_id, campaign_key, column_no, block)
);

-- What became otherwise since, in the order in which it did: customers with all of their columns.
CREATE TABLE customer_changes (
  account_id   BIGINT NOT NULL,
  campaign_key BIGINT NOT NULL,
  block        BIGINT NOT NULL,
  change_no    BIGINT NOT NULL,
  customers    BYTEA  NOT NULL,
  PRIMARY KEY (account_id, campaign_key, block, change_no)
);

-- Of what is stored already, by the job that indexes customers: until it is done, lists read the customers themselves.
INSERT INTO jobs (account_id, job_key, kind, payload, once_key, status, queued_at, due_at, attempts)
SELECT account_id, next_key, 'index_customers', '{}', 'index', 'waiting', created_at, created_at, 0 FROM accounts
WHERE EXISTS (SELECT 1 FROM contacts k WHERE k.account_id = accounts.account_id)
ON CONFLICT DO NOTHING;
UPDATE accounts SET next_key = next_key + 1
WHERE EXISTS (SELECT 1 FROM contacts k WHERE k.account_id = accounts.account_id);

-- They are packed already.
ALTER TABLE customer_columns ALTER COLUMN customers SET STORAGE EXTERNAL;
ALTER TABLE customer_changes ALTER COLUMN customers SET STORAGE EXTERNAL;
