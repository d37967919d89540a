-- What the planner should believe of the sizes of tables, before and after there is anything in them. Without it SQLite
-- takes a campaign for ten calls, and reads the whole campaign where one customer's calls are asked for; with figures of
-- the day's own contents, plans would change from one day to the next.
-- The figures: rows in the table, then rows for each value of the index's first column, of its first two columns, …
ANALYZE;
DELETE FROM sqlite_stat1 WHERE tbl IN ('calls', 'contacts');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('calls', 'calls', '1000000 500000 50000 2 1'),
  ('calls', 'calls_id', '1000000 500000 1'),
  ('calls', 'calls_talk_time', '1000000 500000 50000 5 1'),
  ('calls', 'calls_cost', '1000000 500000 50000 500 1'),
  ('calls', 'calls_contact', '1000000 500000 50000 3'),
  ('contacts', 'contacts', '300000 150000 15000 1'),
  ('contacts', 'sqlite_autoindex_contacts_2', '300000 150000 15000 1'),
  ('contacts', 'contacts_phone', '300000 150000 15000 1');
ANALYZE sqlite_schema;
