-- Who receives the reports of campaigns that have no recipients of their own: a JSON array of addresses.
ALTER TABLE accounts ADD COLUMN report_emails TEXT NOT NULL DEFAULT '[]';

-- One report that goes out: at a campaign's completion, sent again, or as a preview. Its contents are made once, by whoever
-- sends the first of its mails, so that all recipients get the same figures, and a retry the same mail.
CREATE TABLE mailings (
  account_id     BIGINT NOT NULL REFERENCES accounts (account_id),
  mailing_key    BIGINT NOT NULL,
  campaign_key   BIGINT NOT NULL,
  -- completion, again or preview.
  kind           TEXT   NOT NULL,
  queued_at      BIGINT NOT NULL,
  composed_at    BIGINT,
  -- JSON: the texts of the mail, and the figures that they were made of.
  letter         TEXT,
  figures        TEXT,
  -- The workbook in the object store; none where it could not be made.
  workbook       TEXT,
  workbook_bytes BIGINT,
  -- Opens the workbook without signing in, where it is too large for a mail.
  link_secret    TEXT,
  PRIMARY KEY (account_id, mailing_key),
  FOREIGN KEY (account_id, campaign_key) REFERENCES campaigns (account_id, campaign_key)
);
CREATE INDEX mailings_campaign ON mailings (account_id, campaign_key, mailing_key);

-- The outbox: one mail to one recipient.
CREATE TABLE mails (
  account_id  BIGINT NOT NULL REFERENCES accounts (account_id),
  mailing_key BIGINT NOT NULL,
  mail_no     BIGINT NOT NULL,
  recipient   TEXT   NOT NULL,
  -- waiting, sending, sent, failed or stopped.
  status      TEXT   NOT NULL,
  -- When it may be tried; while it is being sent, when the lease ends. None once nothing is left to do.
  due_at      BIGINT,
  -- Who is sending it: what ends after its lease may not say what became of the mail.
  lease       TEXT,
  attempts    BIGINT NOT NULL,
  first_tried_at BIGINT,
  tried_at    BIGINT,
  sent_at     BIGINT,
  -- The mail server's last words, or why it could not be asked.
  answer      TEXT,
  -- Made at the first try, the same at every later one.
  message_id  TEXT,
  -- Opens the link by which the recipient stops further reports.
  stop_secret TEXT,
  PRIMARY KEY (account_id, mailing_key, mail_no),
  UNIQUE (account_id, mailing_key, recipient),
  FOREIGN KEY (account_id, mailing_key) REFERENCES mailings (account_id, mailing_key)
);
CREATE INDEX mails_due ON mails (account_id, due_at);
