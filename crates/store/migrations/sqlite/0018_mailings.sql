-- What was sent by hand in the last day is counted before more is sent.
CREATE INDEX mailings_queued ON mailings (account_id, queued_at);
