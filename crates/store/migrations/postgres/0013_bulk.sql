-- Rows that come by the thousand. A batch begins by taking its keys from the account's own row, which is locked until it
-- commits: that the account is there was checked once, and was checked here again for every row.
ALTER TABLE contacts DROP CONSTRAINT contacts_account_id_fkey;
ALTER TABLE calls DROP CONSTRAINT calls_account_id_fkey;
ALTER TABLE call_details DROP CONSTRAINT call_details_account_id_fkey;
ALTER TABLE rollup_hours DROP CONSTRAINT rollup_hours_account_id_fkey;
ALTER TABLE rollup_days DROP CONSTRAINT rollup_days_account_id_fkey;
ALTER TABLE rollup_week DROP CONSTRAINT rollup_week_account_id_fkey;
ALTER TABLE rollup_attempts DROP CONSTRAINT rollup_attempts_account_id_fkey;
ALTER TABLE rollup_talk DROP CONSTRAINT rollup_talk_account_id_fkey;
ALTER TABLE customer_days DROP CONSTRAINT customer_days_account_id_fkey;
ALTER TABLE usage_days DROP CONSTRAINT usage_days_account_id_fkey;
ALTER TABLE usage_codes DROP CONSTRAINT usage_codes_account_id_fkey;
ALTER TABLE usage_campaign_days DROP CONSTRAINT usage_campaign_days_account_id_fkey;
ALTER TABLE usage_campaign_months DROP CONSTRAINT usage_campaign_months_account_id_fkey;
