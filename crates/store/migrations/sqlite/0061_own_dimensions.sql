-- Own dimensions: keys of attributes by which an account tells its calls apart. One that is removed keeps its number, which calls and
-- links may still name, and loses its attribute. values_taken is how many values were told apart so far: a place is not given twice.
CREATE TABLE own_dimensions (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  dimension_no BIGINT NOT NULL,
  attribute    TEXT,
  label_vi     TEXT   NOT NULL,
  label_en     TEXT   NOT NULL,
  values_taken BIGINT NOT NULL,
  PRIMARY KEY (account_id, dimension_no)
) WITHOUT ROWID;

CREATE UNIQUE INDEX own_dimensions_attribute ON own_dimensions (account_id, attribute);

-- The values that are told apart, as they were sent. All others are counted together.
CREATE TABLE own_values (
  account_id   BIGINT NOT NULL REFERENCES accounts (account_id),
  dimension_no BIGINT NOT NULL,
  value_no     BIGINT NOT NULL,
  value        TEXT   NOT NULL,
  PRIMARY KEY (account_id, dimension_no, value_no)
) WITHOUT ROWID;

CREATE UNIQUE INDEX own_values_value ON own_values (account_id, dimension_no, value);

-- Finished calls by value and code. What a call has no value of is in no row: it is the whole less these rows. next_newly_reached is what
-- a change of a code adds when it comes into force.
CREATE TABLE rollup_own (
  account_id         BIGINT NOT NULL,
  campaign_key       BIGINT NOT NULL,
  dimension_no       BIGINT NOT NULL,
  day                BIGINT NOT NULL,
  value_no           BIGINT NOT NULL,
  code               TEXT   NOT NULL,
  calls              BIGINT NOT NULL,
  cost               BIGINT NOT NULL,
  newly_reached      BIGINT NOT NULL,
  next_newly_reached BIGINT NOT NULL,
  PRIMARY KEY (account_id, campaign_key, dimension_no, day, value_no, code)
) WITHOUT ROWID;

-- How far the job is that gives calls of before their values, the newest first; no row where it is over.
CREATE TABLE own_fills (
  account_id BIGINT NOT NULL PRIMARY KEY REFERENCES accounts (account_id),
  dialed_at  BIGINT NOT NULL,
  call_key   BIGINT NOT NULL,
  calls      BIGINT NOT NULL
) WITHOUT ROWID;

-- The values of a call, as ',1=5,3=1,': number of the dimension and of its value.
ALTER TABLE calls ADD COLUMN own_values TEXT;
