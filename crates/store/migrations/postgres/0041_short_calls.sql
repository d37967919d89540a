-- From how many seconds of talk on a call is no short one: 5 or 10, which the bins of rollup_talk tell.
ALTER TABLE accounts ADD COLUMN short_call_seconds BIGINT NOT NULL DEFAULT 5;
