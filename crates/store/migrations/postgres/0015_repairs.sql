-- How often sums of the account were corrected: a correction that was worked out before another one does not fit any more.
ALTER TABLE accounts ADD COLUMN repairs BIGINT NOT NULL DEFAULT 0;
