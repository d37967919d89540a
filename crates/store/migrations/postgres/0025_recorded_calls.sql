-- How many of the calls that are counted have a recording, so that an overview can say it.
ALTER TABLE rollup_hours ADD COLUMN recorded BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rollup_days ADD COLUMN recorded BIGINT NOT NULL DEFAULT 0;

-- Of what is stored already. Every such call is counted in a row: these only add to rows that are there.
INSERT INTO rollup_hours (account_id, campaign_key, day, hour, voicebot_key, code, calls, talk_time, dial_time, ring_time,
                          bot_messages, messages_known, blocks, cost, recorded)
SELECT account_id, campaign_key, day, hour, voicebot_key, COALESCE(result_code, ''), 0, 0, 0, 0, 0, 0, 0, 0, COUNT(*)
FROM calls
WHERE recorded
GROUP BY account_id, campaign_key, day, hour, voicebot_key, COALESCE(result_code, '')
ON CONFLICT (account_id, campaign_key, day, hour, voicebot_key, code) DO UPDATE SET recorded = excluded.recorded;

INSERT INTO rollup_days (account_id, campaign_key, day, code, calls, talk_time, dial_time, ring_time, bot_messages,
                         messages_known, blocks, cost, recorded)
SELECT account_id, campaign_key, day, code, 0, 0, 0, 0, 0, 0, 0, 0, SUM(recorded)
FROM rollup_hours
WHERE recorded > 0
GROUP BY account_id, campaign_key, day, code
ON CONFLICT (account_id, campaign_key, day, code) DO UPDATE SET recorded = excluded.recorded;
