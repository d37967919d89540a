-- Work that is done later, tried again, and done once.
CREATE TABLE jobs (
  account_id  BIGINT NOT NULL REFERENCES accounts (account_id),
  job_key     BIGINT NOT NULL,
  -- What is done, and JSON with what it needs to know.
  kind        TEXT   NOT NULL,
  payload     TEXT   NOT NULL,
  -- No second job of this kind and key is added while one is waiting or running.
  once_key    TEXT,
  -- waiting, running, done or failed.
  status      TEXT   NOT NULL,
  queued_at   BIGINT NOT NULL,
  -- When it may run; while it runs, when its lease ends. None once nothing is left to do.
  due_at      BIGINT,
  -- Which process has it: one whose lease is over may not say what became of the job.
  lease       TEXT,
  attempts    BIGINT NOT NULL,
  started_at  BIGINT,
  finished_at BIGINT,
  last_words  TEXT,
  PRIMARY KEY (account_id, job_key)
);
CREATE INDEX jobs_due ON jobs (kind, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX jobs_of_account_due ON jobs (account_id, kind, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX jobs_not_done ON jobs (kind, status) WHERE status <> 'done';
CREATE UNIQUE INDEX jobs_once ON jobs (account_id, kind, once_key) WHERE due_at IS NOT NULL AND once_key IS NOT NULL;

-- Files that people asked for, by a name that nobody can guess.
CREATE TABLE exports (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  export_key TEXT   NOT NULL,
  -- Whose it is. The role is part of it: a file holds what that role may see.
  user_key   BIGINT,
  role       TEXT   NOT NULL,
  -- JSON: what was asked for.
  query      TEXT   NOT NULL,
  asked_at   BIGINT NOT NULL,
  -- waiting, running, ready or failed.
  status     TEXT   NOT NULL,
  calls      BIGINT NOT NULL,
  percent    BIGINT NOT NULL,
  ended_at   BIGINT,
  -- The file in the object store.
  object     TEXT,
  bytes      BIGINT,
  -- JSON: what was written.
  written    TEXT,
  -- What to quote to the operator where it failed.
  reference  TEXT,
  PRIMARY KEY (account_id, export_key)
);
CREATE INDEX exports_asked ON exports (account_id, asked_at);

-- Mails are sent by jobs: those that wait or were being sent get one each.
INSERT INTO jobs (account_id, job_key, kind, payload, once_key, status, queued_at, due_at, attempts)
SELECT m.account_id,
       a.next_key - 1 + ROW_NUMBER() OVER (PARTITION BY m.account_id ORDER BY m.mailing_key, m.mail_no),
       'send_mail',
       '{"mailing":' || CAST(m.mailing_key AS TEXT) || ',"no":' || CAST(m.mail_no AS TEXT) || '}',
       CAST(m.mailing_key AS TEXT) || '/' || CAST(m.mail_no AS TEXT),
       'waiting', g.queued_at, m.due_at, m.attempts
FROM mails m
JOIN mailings g ON g.account_id = m.account_id AND g.mailing_key = m.mailing_key
JOIN accounts a ON a.account_id = m.account_id
WHERE m.due_at IS NOT NULL;
UPDATE accounts SET next_key = next_key + (SELECT COUNT(*) FROM jobs j WHERE j.account_id = accounts.account_id);
DROP INDEX mails_due;
ALTER TABLE mails DROP COLUMN lease;

-- Every account is tidied.
INSERT INTO jobs (account_id, job_key, kind, payload, once_key, status, queued_at, due_at, attempts)
SELECT account_id, next_key, 'tidy_account', '{}', 'tidy', 'waiting', created_at, created_at, 0 FROM accounts;
UPDATE accounts SET next_key = next_key + 1;
