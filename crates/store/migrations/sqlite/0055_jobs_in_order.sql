-- The list of an account's jobs, the latest enqueued first: keys do not grow for all kinds.
CREATE INDEX jobs_queued ON jobs (account_id, queued_at, job_key);
