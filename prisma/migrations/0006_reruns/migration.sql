-- Runs that are made of earlier ones, and requests that start a run once however often they are sent.

-- AlterTable
ALTER TABLE "runs" ADD COLUMN     "retry_of" TEXT,
ADD COLUMN     "rerun_of" TEXT;

-- CreateTable
CREATE TABLE "start_requests" (
    "organisation_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "start_requests_pkey" PRIMARY KEY ("organisation_id","key")
);

-- CreateIndex
CREATE INDEX "runs_organisation_id_retry_of_idx" ON "runs"("organisation_id", "retry_of");

-- CreateIndex
CREATE INDEX "runs_organisation_id_rerun_of_idx" ON "runs"("organisation_id", "rerun_of");

-- CreateIndex
CREATE INDEX "start_requests_created_at_idx" ON "start_requests"("created_at");

-- CreateIndex
CREATE INDEX "start_requests_organisation_id_run_id_idx" ON "start_requests"("organisation_id", "run_id");

-- AddForeignKey
ALTER TABLE "start_requests" ADD CONSTRAINT "start_requests_organisation_id_run_id_fkey" FOREIGN KEY ("organisation_id", "run_id") REFERENCES "runs"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- ================================================================ part 2: tenancy

-- A run outlives the one that it was made of, so only one column of the two becomes null (which Prisma's schema can't
-- express).
ALTER TABLE "runs" ADD CONSTRAINT "runs_organisation_id_retry_of_fkey"
  FOREIGN KEY ("organisation_id", "retry_of") REFERENCES "runs" ("organisation_id", "id")
  ON DELETE SET NULL ("retry_of");
ALTER TABLE "runs" ADD CONSTRAINT "runs_organisation_id_rerun_of_fkey"
  FOREIGN KEY ("organisation_id", "rerun_of") REFERENCES "runs" ("organisation_id", "id")
  ON DELETE SET NULL ("rerun_of");

ALTER TABLE "start_requests" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "start_requests" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "start_requests"
  USING ("organisation_id" = (SELECT current_setting('app.org_id', true)))
  WITH CHECK ("organisation_id" = (SELECT current_setting('app.org_id', true)));
CREATE POLICY "system" ON "start_requests" TO "pressroom_system" USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "start_requests" TO "pressroom_app";
GRANT SELECT ("organisation_id", "key", "created_at"), DELETE ON "start_requests" TO "pressroom_system";
-- Its policy lets the reconciler lock the rows that it passes over others to.
GRANT UPDATE ("created_at") ON "start_requests" TO "pressroom_system";

-- In batches: one that takes long holds up nobody who starts a run under one of these keys.
CREATE FUNCTION "system_forget_requests"("older_than_seconds" double precision, "at_most" integer)
  RETURNS integer
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH forgotten AS (
      DELETE FROM public.start_requests AS s
      USING (
        SELECT organisation_id, key FROM public.start_requests
        WHERE created_at <= clock_timestamp() - make_interval(secs => older_than_seconds)
        ORDER BY created_at LIMIT at_most FOR UPDATE SKIP LOCKED
      ) AS old
      WHERE s.organisation_id = old.organisation_id AND s.key = old.key
      RETURNING 1)
    SELECT count(*)::int FROM forgotten
  $$;

DO $$
DECLARE
  is_superuser constant boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
  signature constant text := 'system_forget_requests(double precision, integer)';
BEGIN
  IF NOT is_superuser THEN
    GRANT "pressroom_system" TO CURRENT_USER;
  END IF;
  GRANT CREATE ON SCHEMA "public" TO "pressroom_system";
  EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
  EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO "pressroom_app"', signature);
  EXECUTE format('ALTER FUNCTION %s OWNER TO "pressroom_system"', signature);
  REVOKE CREATE ON SCHEMA "public" FROM "pressroom_system";
  IF NOT is_superuser THEN
    REVOKE "pressroom_system" FROM CURRENT_USER;
  END IF;
END
$$;
