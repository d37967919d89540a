-- Customers of a campaign that are not reached yet, by how many finished calls each has had: what a forecast begins with. Those
-- without any are campaigns.contacts - campaigns.dialled. next_customers is what a change of a code adds when it comes into force.
CREATE TABLE rollup_open (
  account_id     BIGINT NOT NULL,
  campaign_key   BIGINT NOT NULL,
  calls          BIGINT NOT NULL,
  customers      BIGINT NOT NULL,
  next_customers BIGINT NOT NULL,
  PRIMARY KEY (account_id, campaign_key, calls)
) WITHOUT ROWID;

-- Of what is stored already.
INSERT INTO rollup_open (account_id, campaign_key, calls, customers, next_customers)
SELECT account_id, campaign_key, calls, SUM(CASE WHEN reached THEN 0 ELSE 1 END),
       SUM(CASE WHEN next_standing IS NULL OR reached = ((next_standing & 2) <> 0) THEN 0 WHEN reached THEN 1 ELSE -1 END)
FROM contacts
WHERE calls > 0
GROUP BY account_id, campaign_key, calls;

-- A change that is in force already, and has still to be written to each customer.
UPDATE rollup_open SET customers = customers + next_customers, next_customers = 0
WHERE account_id IN (SELECT account_id FROM code_changes WHERE phase = 'settling');

DELETE FROM rollup_open WHERE customers = 0 AND next_customers = 0;
