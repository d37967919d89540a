-- What was said in the calls that are stored already, by a job: until it is done, the search says how far it is.
INSERT INTO said_fills (account_id, dialed_at, call_key, calls)
SELECT account_id, 9223372036854775807, 0, 0 FROM accounts
WHERE EXISTS (SELECT 1 FROM call_details d WHERE d.account_id = accounts.account_id);
INSERT INTO jobs (account_id, job_key, kind, payload, once_key, status, queued_at, due_at, attempts)
SELECT account_id, next_key, 'index_said', '{}', 'said', 'waiting', created_at, created_at, 0 FROM accounts
WHERE EXISTS (SELECT 1 FROM said_fills f WHERE f.account_id = accounts.account_id);
UPDATE accounts SET next_key = next_key + 1
WHERE EXISTS (SELECT 1 FROM said_fills f WHERE f.account_id = accounts.account_id);
