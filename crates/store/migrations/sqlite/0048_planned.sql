-- What plans are held against. Of each call its local minute of the day, and of a redial the code that the call before it ended
-- with, how many calls of the customer had ended so by then, and how long after its end (ms) it began; no code where nobody knows
-- how that call ended.
ALTER TABLE calls ADD COLUMN minute BIGINT NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN redial_code TEXT;
ALTER TABLE calls ADD COLUMN redial_nth BIGINT NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN redial_pause BIGINT NOT NULL DEFAULT 0;
-- Of each customer when the latest call ended (0 while it is in progress), and how many calls ended with each code (JSON): what the next
-- redial is told by.
ALTER TABLE contacts ADD COLUMN latest_ended_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN ended_codes TEXT NOT NULL DEFAULT '{}';

-- Finished calls of a day: by minute (510:3,511:4), and redials by code, number and minutes of pause (2|30:17,31:4|NA on a line).
-- Rows may be long, so they are not in a tree WITHOUT ROWID (0016).
CREATE TABLE rollup_planned (
  account_id   BIGINT NOT NULL,
  campaign_key BIGINT NOT NULL,
  day          BIGINT NOT NULL,
  minutes      TEXT   NOT NULL,
  redials      TEXT   NOT NULL,
  PRIMARY KEY (account_id, campaign_key, day)
);

-- Of what is stored already. The hour is known; the minute within it is that of UTC but where a zone is not whole hours off.
-- Zones that once changed by a part of an hour (Lord Howe, Pyongyang, Caracas, Norfolk, Colombo) are put right by
-- "ringside verify --repair" for calls of before that change.
UPDATE calls
SET minute = r.minute, redial_code = r.before_code,
    redial_nth = CASE WHEN r.before_code IS NULL THEN 0 ELSE r.before_nth END,
    redial_pause = CASE WHEN r.before_code IS NULL OR calls.dialed_at < r.before_end THEN 0 ELSE calls.dialed_at - r.before_end END
FROM (
  SELECT n.account_id, n.campaign_key, n.dialed_at, n.call_key, n.minute,
         LAG(n.result_code) OVER w AS before_code, LAG(n.nth) OVER w AS before_nth, LAG(n.ended_at) OVER w AS before_end
  FROM (
    SELECT c.account_id, c.campaign_key, c.dialed_at, c.call_key, c.contact_no, c.result_code, c.ended_at,
           c.hour * 60 + (c.dialed_at / 60000 + CASE
             WHEN a.timezone IN ('Asia/Kolkata', 'Asia/Calcutta', 'Asia/Colombo', 'Asia/Kabul', 'Asia/Tehran', 'Iran', 'Asia/Yangon',
                                 'Asia/Rangoon', 'Australia/Adelaide', 'Australia/South', 'Australia/Darwin', 'Australia/North',
                                 'Australia/Broken_Hill', 'Australia/Yancowinna', 'Indian/Cocos', 'America/St_Johns',
                                 'Canada/Newfoundland', 'Pacific/Marquesas') THEN 30
             WHEN a.timezone IN ('Asia/Kathmandu', 'Asia/Katmandu', 'Pacific/Chatham', 'NZ-CHAT', 'Australia/Eucla') THEN 45
             ELSE 0 END) % 60 AS minute,
           ROW_NUMBER() OVER (PARTITION BY c.account_id, c.campaign_key, c.contact_no, c.result_code
                              ORDER BY c.dialed_at, c.call_key) AS nth
    FROM calls c
    JOIN accounts a ON a.account_id = c.account_id) n
  WINDOW w AS (PARTITION BY n.account_id, n.campaign_key, n.contact_no ORDER BY n.dialed_at, n.call_key)) r
WHERE r.account_id = calls.account_id AND r.campaign_key = calls.campaign_key AND r.dialed_at = calls.dialed_at
  AND r.call_key = calls.call_key;

UPDATE contacts
SET latest_ended_at = COALESCE(c.ended_at, 0)
FROM calls c
WHERE c.account_id = contacts.account_id AND c.campaign_key = contacts.campaign_key AND c.dialed_at = contacts.latest_at
  AND c.call_key = contacts.latest_key;

UPDATE contacts
SET ended_codes = s.ended
FROM (
  SELECT account_id, campaign_key, contact_no, json_group_object(code, calls) AS ended
  FROM (
    SELECT account_id, campaign_key, contact_no, result_code AS code, COUNT(*) AS calls
    FROM calls
    WHERE result_code IS NOT NULL
    GROUP BY account_id, campaign_key, contact_no, result_code) each_code
  GROUP BY account_id, campaign_key, contact_no) s
WHERE s.account_id = contacts.account_id AND s.campaign_key = contacts.campaign_key
  AND s.contact_no = contacts.contact_no;

INSERT INTO rollup_planned (account_id, campaign_key, day, minutes, redials)
SELECT account_id, campaign_key, day, STRING_AGG(minute || ':' || calls, ','), ''
FROM (
  SELECT account_id, campaign_key, day, CAST(minute AS TEXT) AS minute, CAST(COUNT(*) AS TEXT) AS calls
  FROM calls
  WHERE class IS NOT NULL
  GROUP BY account_id, campaign_key, day, calls.minute) by_minute
GROUP BY account_id, campaign_key, day;

UPDATE rollup_planned
SET redials = l.lines
FROM (
  SELECT account_id, campaign_key, day, STRING_AGG(nth || '|' || pauses || '|' || code, char(10)) AS lines
  FROM (
    SELECT account_id, campaign_key, day, code, nth, STRING_AGG(pause || ':' || calls, ',') AS pauses
    FROM (
      SELECT account_id, campaign_key, day, code, CAST(nth AS TEXT) AS nth, CAST(pause AS TEXT) AS pause, CAST(COUNT(*) AS TEXT) AS calls
      FROM (
        SELECT account_id, campaign_key, day, redial_code AS code,
               CASE WHEN redial_nth > 101 THEN 101 ELSE redial_nth END AS nth,
               CASE WHEN redial_pause / 60000 > 43200 THEN 43200 ELSE redial_pause / 60000 END AS pause
        FROM calls
        WHERE class IS NOT NULL AND redial_code IS NOT NULL) redials
      GROUP BY account_id, campaign_key, day, redials.code, redials.nth, redials.pause) each_pause
    GROUP BY account_id, campaign_key, day, code, nth) each_line
  GROUP BY account_id, campaign_key, day) l
WHERE l.account_id = rollup_planned.account_id AND l.campaign_key = rollup_planned.campaign_key AND l.day = rollup_planned.day;
