-- The calls of the whole account, in the orders of their list.
CREATE INDEX calls_of_account ON calls (account_id, dialed_at, call_key);
CREATE INDEX calls_of_account_talk_time ON calls (account_id, talk_time, call_key);
CREATE INDEX calls_of_account_cost ON calls (account_id, cost, call_key);

-- What that list counts and sums: by day, voicebot and code; '' counts the calls in progress.
CREATE TABLE usage_codes (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  day          BIGINT NOT NULL,
  voicebot_key BIGINT NOT NULL,
  code         TEXT   NOT NULL,
  calls        BIGINT NOT NULL,
  talk_time    BIGINT NOT NULL,
  blocks       BIGINT NOT NULL,
  cost         BIGINT NOT NULL,
  PRIMARY KEY (account_id, day, voicebot_key, code)
);

-- What is stored already.
INSERT INTO usage_codes
SELECT account_id, day, voicebot_key, code, SUM(calls), SUM(talk_time), SUM(blocks), SUM(cost)
FROM rollup_hours
GROUP BY account_id, day, voicebot_key, code;
