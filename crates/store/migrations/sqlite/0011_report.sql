-- What a campaign's report needs, without the hours of each day: their rows stop growing with the first few thousand calls,
-- so a report costs the same from then on.
CREATE TABLE rollup_days (
  account_id     BIGINT NOT NULL REFERENCES accounts (account_id),
  campaign_key   BIGINT NOT NULL,
  day            BIGINT NOT NULL,
  code           TEXT   NOT NULL,
  calls          BIGINT NOT NULL,
  talk_time      BIGINT NOT NULL,
  dial_time      BIGINT NOT NULL,
  ring_time      BIGINT NOT NULL,
  bot_messages   BIGINT NOT NULL,
  messages_known BIGINT NOT NULL,
  blocks         BIGINT NOT NULL,
  cost           BIGINT NOT NULL,
  PRIMARY KEY (account_id, campaign_key, day, code)
) WITHOUT ROWID;

-- The heatmap of the whole campaign.
CREATE TABLE rollup_week (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  campaign_key BIGINT NOT NULL,
  -- 1 (Monday) to 7
  weekday      BIGINT NOT NULL,
  hour         BIGINT NOT NULL,
  code         TEXT   NOT NULL,
  calls        BIGINT NOT NULL,
  PRIMARY KEY (account_id, campaign_key, weekday, hour, code)
) WITHOUT ROWID;

-- What is stored already. 1970-01-01, day 0, was a Thursday.
INSERT INTO rollup_days
SELECT account_id, campaign_key, day, code, SUM(calls), SUM(talk_time), SUM(dial_time), SUM(ring_time),
       SUM(bot_messages), SUM(messages_known), SUM(blocks), SUM(cost)
FROM rollup_hours
GROUP BY account_id, campaign_key, day, code;

INSERT INTO rollup_week
SELECT account_id, campaign_key, (day + 3) % 7 + 1, hour, code, SUM(calls)
FROM rollup_hours
GROUP BY 1, 2, 3, 4, 5;
