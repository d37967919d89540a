-- Calls that undoing an import has left as they are, because something else changed them meanwhile.
ALTER TABLE imports ADD COLUMN left_calls BIGINT NOT NULL DEFAULT 0;
