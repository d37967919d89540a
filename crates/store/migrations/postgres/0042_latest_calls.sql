-- Customers as things stand: of each the latest call by dial start (in progress or not), and how often they were called so far
-- at what cost. latest_at and latest_key are the call's place in the key of calls; 0 where there is none.
ALTER TABLE contacts ADD COLUMN latest_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN latest_key BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN latest_day BIGINT NOT NULL DEFAULT 0;
-- '' while it is in progress, too.
ALTER TABLE contacts ADD COLUMN latest_code TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN latest_talk_time BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN latest_hangup_by TEXT NOT NULL DEFAULT '';
-- Finished calls.
ALTER TABLE contacts ADD COLUMN calls BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN cost BIGINT NOT NULL DEFAULT 0;

-- Of what is stored already.
UPDATE contacts
SET latest_at = l.dialed_at, latest_key = l.call_key, latest_day = l.day, latest_code = COALESCE(l.result_code, ''),
    latest_talk_time = l.talk_time, latest_hangup_by = COALESCE(l.hangup_by, '')
FROM calls l
WHERE l.account_id = contacts.account_id AND l.campaign_key = contacts.campaign_key
  AND l.contact_no = contacts.contact_no AND l.dialed_at = contacts.last_dialed_at
  AND NOT EXISTS (
    SELECT 1 FROM calls o
    WHERE o.account_id = l.account_id AND o.campaign_key = l.campaign_key AND o.dialed_at = l.dialed_at
      AND o.call_key > l.call_key AND o.contact_no = l.contact_no);
UPDATE contacts
SET calls = s.finished, cost = s.spent
FROM (
  SELECT account_id, campaign_key, contact_no, COUNT(class) AS finished, CAST(SUM(cost) AS BIGINT) AS spent
  FROM calls
  GROUP BY account_id, campaign_key, contact_no) s
WHERE s.account_id = contacts.account_id AND s.campaign_key = contacts.campaign_key
  AND s.contact_no = contacts.contact_no;

-- The orders of their list.
CREATE INDEX contacts_latest_at ON contacts (account_id, campaign_key, latest_at, contact_no);
CREATE INDEX contacts_latest_talk_time ON contacts (account_id, campaign_key, latest_talk_time, contact_no);
CREATE INDEX contacts_latest_code ON contacts (account_id, campaign_key, latest_code, contact_no);
CREATE INDEX contacts_latest_hangup ON contacts (account_id, campaign_key, latest_hangup_by, contact_no);
CREATE INDEX contacts_calls ON contacts (account_id, campaign_key, calls, contact_no);
CREATE INDEX contacts_cost ON contacts (account_id, campaign_key, cost, contact_no);
-- The same number on any list of the account; of one list, too.
DROP INDEX contacts_phone;
CREATE INDEX contacts_number ON contacts (account_id, phone_key, campaign_key);
