-- Webhooks: who may send them, what came, and what is known of their calls.

-- An address that one system sends to. Who has its key may send.
CREATE TABLE hooks (
  account_id    BIGINT NOT NULL REFERENCES accounts (account_id),
  hook_key      BIGINT NOT NULL,
  -- The word of `domain::HookSource`.
  source        TEXT   NOT NULL,
  name          TEXT   NOT NULL,
  -- The key: its hash to find it by, and itself, encrypted, to be shown again.
  secret_hash   BYTEA  NOT NULL,
  sealed_key    BYTEA  NOT NULL,
  -- What its webhooks are signed with, encrypted; none: the key is all that tells.
  sealed_secret BYTEA,
  -- TOML, of `generic` alone.
  mapping       TEXT,
  created_at    BIGINT NOT NULL,
  revoked_at    BIGINT,
  received      BIGINT NOT NULL,
  received_at   BIGINT,
  -- Those whose signature was wrong.
  refused       BIGINT NOT NULL,
  refused_at    BIGINT,
  refused_why   TEXT,
  PRIMARY KEY (account_id, hook_key)
);
CREATE UNIQUE INDEX hooks_secret ON hooks (account_id, secret_hash);

-- What came, in its order. Bodies are long: not WITHOUT ROWID (0016).
CREATE TABLE hook_bodies (
  account_id  BIGINT NOT NULL REFERENCES accounts (account_id),
  body_key    BIGINT NOT NULL,
  hook_key    BIGINT NOT NULL,
  source      TEXT   NOT NULL,
  received_at BIGINT NOT NULL,
  bytes       BIGINT NOT NULL,
  -- waiting, read (told of a call), passed (told of none), unread.
  state       TEXT   NOT NULL,
  -- Why it could not be read.
  reason      TEXT,
  -- The system's id of the call.
  call        TEXT,
  -- None once it was read.
  body        BYTEA,
  PRIMARY KEY (account_id, body_key)
);
CREATE INDEX hook_bodies_waiting ON hook_bodies (account_id, body_key) WHERE state = 'waiting';
CREATE INDEX hook_bodies_unread ON hook_bodies (account_id, source, call) WHERE state = 'unread';
CREATE INDEX hook_bodies_unread_key ON hook_bodies (account_id, body_key) WHERE state = 'unread';

-- What the webhooks of a call, or of one leg of it, have said so far.
CREATE TABLE hook_calls (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  source     TEXT   NOT NULL,
  call       TEXT   NOT NULL,
  leg        TEXT   NOT NULL,
  agent      TEXT   NOT NULL,
  -- JSON.
  said       TEXT   NOT NULL,
  changed_at BIGINT NOT NULL,
  -- Whether the call is to be made again, since what its agent stands for was changed.
  is_due     BOOLEAN NOT NULL,
  PRIMARY KEY (account_id, source, call, leg)
);
CREATE INDEX hook_calls_agent ON hook_calls (account_id, source, agent);
CREATE INDEX hook_calls_changed ON hook_calls (account_id, changed_at);
CREATE INDEX hook_calls_due ON hook_calls (account_id, source, call) WHERE is_due;

-- What a system's agents, assistants and flows stand for; '' is for calls that name none.
CREATE TABLE hook_agents (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  source     TEXT   NOT NULL,
  agent      TEXT   NOT NULL,
  -- The system's name for it.
  name       TEXT,
  -- Ids of a campaign and a voicebot; none: as the call says, else the agent's own.
  campaign   TEXT,
  voicebot   TEXT,
  seen_at    BIGINT NOT NULL,
  -- Whether an owner has said what it stands for.
  is_known   BOOLEAN NOT NULL,
  PRIMARY KEY (account_id, source, agent)
);
