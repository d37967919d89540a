-- What the planner believes of the sizes of tables comes from the server's own counts, which it takes when a tenth of a
-- table has changed; a table of millions of calls changes faster than that by its newest day. (While an import runs
-- Ringside has them taken itself: see dialect.rs.)
ALTER TABLE calls SET (autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE contacts SET (autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE rollup_hours SET (autovacuum_analyze_scale_factor = 0.02);
