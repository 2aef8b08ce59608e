-- Plans are made when a connection first needs them, on a fresh installation while the tables are empty, and kept. All
-- indexes that begin with the organisation look equally good then, so that the check of a foreign key read every run of
-- the organisation. Until statistics are gathered, Postgres is told what it will find: few organisations, many rows.
DROP INDEX "runs_organisation_id_retry_of_idx";
DROP INDEX "runs_organisation_id_rerun_of_idx";
CREATE INDEX "runs_retry_of_idx" ON "runs"("organisation_id", "retry_of") WHERE "retry_of" IS NOT NULL;
CREATE INDEX "runs_rerun_of_idx" ON "runs"("organisation_id", "rerun_of") WHERE "rerun_of" IS NOT NULL;

DO $$
BEGIN
  IF to_regproc('pg_restore_attribute_stats') IS NULL THEN
    RETURN;
  END IF;
  PERFORM pg_restore_attribute_stats(
    'schemaname', n.nspname::text, 'relname', c.relname::text, 'attname', 'organisation_id',
    'inherited', false, 'null_frac', 0::real, 'avg_width', 30::integer, 'n_distinct', 4::real)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id'
  WHERE c.relkind = 'r' AND n.nspname = current_schema()
    AND NOT EXISTS (SELECT FROM pg_stats s
      WHERE s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = 'organisation_id');
END $$;
