-- Which customers have which three characters in a row in what is searched of them: `store::search_index` says how it is kept.
-- A block is 65,536 numbers of a campaign's customers. Those from its beginning to filled_to (not included) are in search_parts.
-- From begun_to on nothing need be noted of them. revision is that of the account when they were read.
CREATE TABLE search_blocks (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  campaign_key BIGINT NOT NULL,
  block        BIGINT NOT NULL,
  begun_to     BIGINT NOT NULL,
  filled_to    BIGINT NOT NULL,
  revision     BIGINT NOT NULL,
  PRIMARY KEY (account_id, campaign_key, block)
) WITHOUT ROWID;

CREATE TABLE search_parts (
  account_id   BIGINT NOT NULL,
  campaign_key BIGINT NOT NULL,
  block        BIGINT NOT NULL,
  -- Three characters of 21 bits each; 0 stands behind the end of a text.
  part         BIGINT NOT NULL,
  -- A roaring bitmap of numbers within the block.
  customers    BLOB   NOT NULL,
  PRIMARY KEY (account_id, campaign_key, block, part)
);

-- Customers below begun_to of whom something else is searched since, and at which revision of the account that was so.
CREATE TABLE search_changes (
  account_id   BIGINT NOT NULL,
  campaign_key BIGINT NOT NULL,
  contact_no   BIGINT NOT NULL,
  revision     BIGINT NOT NULL,
  PRIMARY KEY (account_id, campaign_key, contact_no)
) WITHOUT ROWID;

-- Calls that were dialled to another number than that of the list: the search finds them by it.
CREATE INDEX calls_dialled ON calls (account_id, campaign_key, contact_no) WHERE phone IS NOT NULL;

-- Of what is stored already, by a job: until it is done, the search reads what it has not come to.
INSERT INTO jobs (account_id, job_key, kind, payload, once_key, status, queued_at, due_at, attempts)
SELECT account_id, next_key, 'index_customers', '{}', 'index', 'waiting', created_at, created_at, 0 FROM accounts
WHERE EXISTS (SELECT 1 FROM contacts k WHERE k.account_id = accounts.account_id);
UPDATE accounts SET next_key = next_key + 1
WHERE EXISTS (SELECT 1 FROM contacts k WHERE k.account_id = accounts.account_id);

-- As in 0002: what the planner should believe.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('calls', 'calls_dialled', '20000 10000 1000 2'),
  ('search_blocks', 'search_blocks', '200 20 2 1'),
  ('search_parts', 'sqlite_autoindex_search_parts_1', '1000000 100000 10000 5000 1'),
  ('search_changes', 'search_changes', '2000 200 20 1');
ANALYZE sqlite_schema;
