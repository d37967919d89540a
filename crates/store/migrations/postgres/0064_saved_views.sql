-- Pages that somebody keeps under a name, as addresses of the product with what they ask for.
CREATE TABLE saved_views (
  account_id BIGINT NOT NULL REFERENCES accounts (account_id),
  view_key   BIGINT NOT NULL,
  -- Whose it is; none: the account's.
  user_key   BIGINT,
  name       TEXT NOT NULL,
  address    TEXT NOT NULL,
  PRIMARY KEY (account_id, view_key)
);

-- Which of them the product's first address opens for somebody.
ALTER TABLE users ADD COLUMN start_view BIGINT;
