-- What voicebots did, over all campaigns. Their rows do not grow with the calls of a day: a year of an account reads as
-- many at fifty thousand calls as at five million. Calls in progress are not in them.
CREATE TABLE usage_days (
  account_id     BIGINT NOT NULL REFERENCES accounts (account_id),
  day            BIGINT NOT NULL,
  voicebot_key   BIGINT NOT NULL,
  calls          BIGINT NOT NULL,
  talk_time      BIGINT NOT NULL,
  dial_time      BIGINT NOT NULL,
  bot_messages   BIGINT NOT NULL,
  messages_known BIGINT NOT NULL,
  blocks         BIGINT NOT NULL,
  cost           BIGINT NOT NULL,
  PRIMARY KEY (account_id, day, voicebot_key)
);

-- The same by campaign: whole months, and the days that a range has besides whole months.
CREATE TABLE usage_campaign_months (
  account_id     BIGINT NOT NULL REFERENCES accounts (account_id),
  -- year × 12 + month − 1
  month          BIGINT NOT NULL,
  campaign_key   BIGINT NOT NULL,
  voicebot_key   BIGINT NOT NULL,
  calls          BIGINT NOT NULL,
  talk_time      BIGINT NOT NULL,
  dial_time      BIGINT NOT NULL,
  bot_messages   BIGINT NOT NULL,
  messages_known BIGINT NOT NULL,
  blocks         BIGINT NOT NULL,
  cost           BIGINT NOT NULL,
  PRIMARY KEY (account_id, month, campaign_key, voicebot_key)
);

CREATE TABLE usage_campaign_days (
  account_id     BIGINT NOT NULL REFERENCES accounts (account_id),
  day            BIGINT NOT NULL,
  campaign_key   BIGINT NOT NULL,
  voicebot_key   BIGINT NOT NULL,
  calls          BIGINT NOT NULL,
  talk_time      BIGINT NOT NULL,
  dial_time      BIGINT NOT NULL,
  bot_messages   BIGINT NOT NULL,
  messages_known BIGINT NOT NULL,
  blocks         BIGINT NOT NULL,
  cost           BIGINT NOT NULL,
  PRIMARY KEY (account_id, day, campaign_key, voicebot_key)
);

-- What is stored already. A migration has no Rust in it, so the months are computed here, once.
INSERT INTO usage_campaign_days
SELECT account_id, day, campaign_key, voicebot_key, SUM(calls), SUM(talk_time), SUM(dial_time), SUM(bot_messages),
       SUM(messages_known), SUM(blocks), SUM(cost)
FROM rollup_hours
WHERE code <> ''
GROUP BY account_id, day, campaign_key, voicebot_key;

INSERT INTO usage_days
SELECT account_id, day, voicebot_key, SUM(calls), SUM(talk_time), SUM(dial_time), SUM(bot_messages),
       SUM(messages_known), SUM(blocks), SUM(cost)
FROM usage_campaign_days
GROUP BY account_id, day, voicebot_key;

INSERT INTO usage_campaign_months
SELECT account_id,
       CAST(EXTRACT(YEAR FROM DATE '1970-01-01' + CAST(day AS INTEGER)) AS BIGINT) * 12
         + CAST(EXTRACT(MONTH FROM DATE '1970-01-01' + CAST(day AS INTEGER)) AS BIGINT) - 1,
       campaign_key, voicebot_key, SUM(calls), SUM(talk_time), SUM(dial_time), SUM(bot_messages),
       SUM(messages_known), SUM(blocks), SUM(cost)
FROM usage_campaign_days
GROUP BY 1, 2, 3, 4;
