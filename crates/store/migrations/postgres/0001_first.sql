-- Every table's key begins with account_id: tenant safety, and a distributed PostgreSQL shards by it.
-- Instants and durations are milliseconds, money is millionths of the currency unit, days are days since 1970-01-01.

CREATE TABLE accounts (
  account_id BIGINT NOT NULL PRIMARY KEY,
  name       TEXT   NOT NULL UNIQUE,
  timezone   TEXT   NOT NULL,
  currency   TEXT   NOT NULL,
  language   TEXT   NOT NULL,
  -- The next unused number for this account's campaigns, voicebots, users and calls.
  next_key   BIGINT NOT NULL,
  -- Grows with every change that a report can show.
  revision   BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE users (
  account_id    BIGINT NOT NULL REFERENCES accounts (account_id),
  user_key      BIGINT NOT NULL,
  -- Lower case; one address signs in to one account.
  email         TEXT   NOT NULL,
  name          TEXT   NOT NULL,
  role          TEXT   NOT NULL,
  password_hash TEXT,
  created_at    BIGINT NOT NULL,
  PRIMARY KEY (account_id, user_key)
);
CREATE UNIQUE INDEX users_email ON users (email);

-- Links to set a password once; only the hash of the secret is stored.
CREATE TABLE password_links (
  account_id  BIGINT NOT NULL REFERENCES accounts (account_id),
  secret_hash BYTEA  NOT NULL,
  user_key    BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  PRIMARY KEY (account_id, secret_hash),
  FOREIGN KEY (account_id, user_key) REFERENCES users (account_id, user_key)
);

CREATE TABLE sessions (
  account_id  BIGINT NOT NULL REFERENCES accounts (account_id),
  secret_hash BYTEA  NOT NULL,
  user_key    BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  PRIMARY KEY (account_id, secret_hash),
  FOREIGN KEY (account_id, user_key) REFERENCES users (account_id, user_key)
);

CREATE TABLE tokens (
  account_id  BIGINT NOT NULL REFERENCES accounts (account_id),
  secret_hash BYTEA  NOT NULL,
  name        TEXT   NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (account_id, secret_hash)
);
CREATE UNIQUE INDEX tokens_name ON tokens (account_id, name);

CREATE TABLE voicebots (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  voicebot_key BIGINT NOT NULL,
  id           TEXT   NOT NULL,
  name         TEXT   NOT NULL,
  PRIMARY KEY (account_id, voicebot_key),
  UNIQUE (account_id, id)
);

CREATE TABLE result_codes (
  account_id BIGINT  NOT NULL REFERENCES accounts (account_id),
  code       TEXT    NOT NULL,
  label_vi   TEXT    NOT NULL,
  label_en   TEXT    NOT NULL,
  color      TEXT,
  is_goal    BOOLEAN NOT NULL,
  PRIMARY KEY (account_id, code)
);

-- campaign_key 0 is the account's default tariff.
CREATE TABLE tariffs (
  account_id          BIGINT NOT NULL REFERENCES accounts (account_id),
  campaign_key        BIGINT NOT NULL,
  effective_from      BIGINT NOT NULL,
  first_block_seconds BIGINT NOT NULL,
  next_block_seconds  BIGINT NOT NULL,
  price_first_block   BIGINT NOT NULL,
  price_next_block    BIGINT NOT NULL,
  PRIMARY KEY (account_id, campaign_key, effective_from)
);

CREATE TABLE campaigns (
  account_id    BIGINT NOT NULL REFERENCES accounts (account_id),
  campaign_key  BIGINT NOT NULL,
  id            TEXT   NOT NULL,
  name          TEXT   NOT NULL,
  -- The name in lower case without marks, for the search field.
  search        TEXT   NOT NULL,
  voicebot_key  BIGINT NOT NULL,
  state         TEXT   NOT NULL,
  started_at    BIGINT,
  completed_at  BIGINT,
  -- started_at, else when the campaign was first stored: the order of the list.
  listed_at     BIGINT NOT NULL,
  -- A JSON array of addresses.
  report_emails TEXT   NOT NULL,
  -- Totals over the whole campaign, changed in the transaction that changes the calls.
  contacts      BIGINT NOT NULL,
  dialled       BIGINT NOT NULL,
  reached       BIGINT NOT NULL,
  talked        BIGINT NOT NULL,
  goal          BIGINT NOT NULL,
  success       BIGINT NOT NULL,
  failed        BIGINT NOT NULL,
  error         BIGINT NOT NULL,
  in_progress   BIGINT NOT NULL,
  blocks        BIGINT NOT NULL,
  cost          BIGINT NOT NULL,
  PRIMARY KEY (account_id, campaign_key),
  UNIQUE (account_id, id),
  FOREIGN KEY (account_id, voicebot_key) REFERENCES voicebots (account_id, voicebot_key)
);
CREATE INDEX campaigns_listed ON campaigns (account_id, listed_at, campaign_key);

CREATE TABLE contacts (
  account_id     BIGINT  NOT NULL REFERENCES accounts (account_id),
  campaign_key   BIGINT  NOT NULL,
  -- 0, 1, 2 … within the campaign: the bit of this customer in customer_days.
  contact_no     BIGINT  NOT NULL,
  id             TEXT    NOT NULL,
  phone          TEXT,
  -- domain::phone::matching_key of the phone.
  phone_key      TEXT,
  name           TEXT,
  -- Name and phone in lower case without marks, for the search field.
  search         TEXT    NOT NULL,
  attributes     TEXT,
  -- The latest call by dial start, and its attempt number.
  last_dialed_at BIGINT,
  last_attempt   BIGINT  NOT NULL,
  dialled        BOOLEAN NOT NULL,
  reached        BOOLEAN NOT NULL,
  talked         BOOLEAN NOT NULL,
  goal           BOOLEAN NOT NULL,
  PRIMARY KEY (account_id, campaign_key, contact_no),
  UNIQUE (account_id, campaign_key, id)
);
CREATE INDEX contacts_phone ON contacts (account_id, campaign_key, phone_key);

-- The key holds a campaign's calls together in the order of the list: its newest page is read from one place.
CREATE TABLE calls (
  account_id    BIGINT  NOT NULL REFERENCES accounts (account_id),
  campaign_key  BIGINT  NOT NULL,
  dialed_at     BIGINT  NOT NULL,
  call_key      BIGINT  NOT NULL,
  id            TEXT    NOT NULL,
  voicebot_key  BIGINT  NOT NULL,
  contact_no    BIGINT  NOT NULL,
  -- The number dialled, where it is not the customer's own.
  phone         TEXT,
  attempt       BIGINT  NOT NULL,
  attempt_given BOOLEAN NOT NULL,
  answered_at   BIGINT,
  ended_at      BIGINT,
  result_code   TEXT,
  -- 0 success, 1 failed, 2 error; none while in progress.
  class         BIGINT,
  talk_time     BIGINT  NOT NULL,
  dial_time     BIGINT  NOT NULL,
  ring_time     BIGINT  NOT NULL,
  bot_messages  BIGINT,
  hangup_by     TEXT,
  cause         TEXT,
  blocks        BIGINT  NOT NULL,
  cost          BIGINT  NOT NULL,
  -- Blocks or cost came from the sender.
  price_given   BOOLEAN NOT NULL,
  recording_url TEXT,
  recorded      BOOLEAN NOT NULL,
  -- The customer's first success call of the campaign.
  newly_reached BOOLEAN NOT NULL,
  -- Local day and hour of the dial start in the account's zone.
  day           BIGINT  NOT NULL,
  hour          BIGINT  NOT NULL,
  has_details   BOOLEAN NOT NULL,
  -- XXH3-128 of the record as it was sent: tells `unchanged` from `updated`.
  content_hash  BYTEA   NOT NULL,
  PRIMARY KEY (account_id, campaign_key, dialed_at, call_key)
);
CREATE UNIQUE INDEX calls_id ON calls (account_id, id);
CREATE INDEX calls_talk_time ON calls (account_id, campaign_key, talk_time, call_key);
CREATE INDEX calls_cost ON calls (account_id, campaign_key, cost, call_key);
CREATE INDEX calls_contact ON calls (account_id, campaign_key, contact_no);

-- What only the opened call shows.
CREATE TABLE call_details (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  call_key   BIGINT NOT NULL,
  transcript TEXT,
  attributes TEXT,
  PRIMARY KEY (account_id, call_key)
);

CREATE TABLE recordings (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  call_key     BIGINT NOT NULL,
  -- Its name in the object store, new with every upload.
  object       TEXT   NOT NULL,
  content_type TEXT   NOT NULL,
  bytes        BIGINT NOT NULL,
  duration     BIGINT,
  -- JSON: one array of loudness values 0…1 per channel, for the waveform.
  peaks        TEXT,
  stored_at    BIGINT NOT NULL,
  PRIMARY KEY (account_id, call_key)
);

-- Rollups, all changed in the transaction that changes the calls.
-- code '' counts the calls in progress.
CREATE TABLE rollup_hours (
  account_id     BIGINT NOT NULL REFERENCES accounts (account_id),
  campaign_key   BIGINT NOT NULL,
  day            BIGINT NOT NULL,
  hour           BIGINT NOT NULL,
  voicebot_key   BIGINT NOT NULL,
  code           TEXT   NOT NULL,
  calls          BIGINT NOT NULL,
  talk_time      BIGINT NOT NULL,
  dial_time      BIGINT NOT NULL,
  ring_time      BIGINT NOT NULL,
  bot_messages   BIGINT NOT NULL,
  messages_known BIGINT NOT NULL,
  blocks         BIGINT NOT NULL,
  cost           BIGINT NOT NULL,
  PRIMARY KEY (account_id, campaign_key, day, hour, voicebot_key, code)
);

CREATE TABLE rollup_attempts (
  account_id    BIGINT NOT NULL REFERENCES accounts (account_id),
  campaign_key  BIGINT NOT NULL,
  day           BIGINT NOT NULL,
  attempt       BIGINT NOT NULL,
  success       BIGINT NOT NULL,
  failed        BIGINT NOT NULL,
  error         BIGINT NOT NULL,
  newly_reached BIGINT NOT NULL,
  blocks        BIGINT NOT NULL,
  cost          BIGINT NOT NULL,
  PRIMARY KEY (account_id, campaign_key, day, attempt)
);

CREATE TABLE rollup_talk (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  campaign_key BIGINT NOT NULL,
  day          BIGINT NOT NULL,
  bin          BIGINT NOT NULL,
  calls        BIGINT NOT NULL,
  PRIMARY KEY (account_id, campaign_key, day, bin)
);

-- Roaring bitmaps of contact_no: whom a campaign dialled, reached, talked to for over 30 s, met the goal with, on a day.
CREATE TABLE customer_days (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  campaign_key BIGINT NOT NULL,
  day          BIGINT NOT NULL,
  dialled      BYTEA  NOT NULL,
  reached      BYTEA  NOT NULL,
  talked       BYTEA  NOT NULL,
  goal         BYTEA  NOT NULL,
  PRIMARY KEY (account_id, campaign_key, day)
);
