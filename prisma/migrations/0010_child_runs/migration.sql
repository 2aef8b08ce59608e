-- Runs that steps of other runs start and wait for.

-- AlterTable
ALTER TABLE "runs" ADD COLUMN     "parent_run_id" TEXT;

-- CreateTable
CREATE TABLE "child_runs" (
    "organisation_id" TEXT NOT NULL,
    "parent_run_id" TEXT NOT NULL,
    "step_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "place" INTEGER NOT NULL,
    "run_id" TEXT NOT NULL,
    "parallel" INTEGER NOT NULL,
    "detached" BOOLEAN NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "failure" JSONB,
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "settled" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "child_runs_pkey" PRIMARY KEY ("organisation_id","step_id","attempt","place")
);

-- CreateIndex
CREATE INDEX "runs_parent_run_id_idx" ON "runs"("organisation_id", "parent_run_id") WHERE "parent_run_id" IS NOT NULL;

-- CreateIndex
CREATE INDEX "child_runs_organisation_id_parent_run_id_idx" ON "child_runs"("organisation_id", "parent_run_id");

-- CreateIndex
CREATE UNIQUE INDEX "child_runs_organisation_id_run_id_key" ON "child_runs"("organisation_id", "run_id");

-- AddForeignKey
ALTER TABLE "child_runs" ADD CONSTRAINT "child_runs_organisation_id_parent_run_id_fkey" FOREIGN KEY ("organisation_id", "parent_run_id") REFERENCES "runs"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- ================================================================ part 2: tenancy

-- A run outlives the one that started it, so only one column of the two becomes null (which Prisma's schema can't
-- express).
ALTER TABLE "runs" ADD CONSTRAINT "runs_organisation_id_parent_run_id_fkey"
  FOREIGN KEY ("organisation_id", "parent_run_id") REFERENCES "runs" ("organisation_id", "id")
  ON DELETE SET NULL ("parent_run_id");

CREATE INDEX "child_runs_open_idx" ON "child_runs" ("step_id", "attempt") WHERE NOT "settled";

ALTER TABLE "child_runs" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "child_runs" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "child_runs"
  USING ("organisation_id" = (SELECT current_setting('app.org_id', true)))
  WITH CHECK ("organisation_id" = (SELECT current_setting('app.org_id', true)));
CREATE POLICY "system" ON "child_runs" FOR SELECT TO "pressroom_system" USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "child_runs" TO "pressroom_app";
GRANT SELECT ("organisation_id", "parent_run_id", "step_id", "attempt", "place", "run_id", "parallel", "detached",
  "not_before", "started_at", "ended_at", "paused", "settled") ON "child_runs" TO "pressroom_system";

-- ---------------------------------------------------------------- runs that end

-- Noted in the commit that ends the run: there is no moment at which it has ended and its parent could not find out.
CREATE FUNCTION "child_run_ended"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
  BEGIN
    UPDATE public.child_runs SET ended_at = clock_timestamp(), started_at = coalesce(started_at, NEW.created_at)
    WHERE organisation_id = NEW.organisation_id AND run_id = NEW.id AND ended_at IS NULL;
    RETURN NULL;
  END
$$;
CREATE TRIGGER "child_run_ended" AFTER UPDATE OF "finished_at" ON "runs"
  FOR EACH ROW
  WHEN (OLD."finished_at" IS NULL AND NEW."finished_at" IS NOT NULL AND NEW."parent_run_id" IS NOT NULL)
  EXECUTE FUNCTION "child_run_ended"();

-- A run that a flow started as a part of its own work is not one that other flows follow.
DROP TRIGGER "flow_ended" ON "runs";
CREATE TRIGGER "flow_ended" AFTER UPDATE OF "finished_at" ON "runs"
  FOR EACH ROW
  WHEN (OLD."finished_at" IS NULL AND NEW."finished_at" IS NOT NULL AND NEW."flow_version_id" IS NOT NULL
    AND NEW."parent_run_id" IS NULL AND NEW."status" IN ('succeeded', 'succeeded_without_winner', 'failed'))
  EXECUTE FUNCTION "call_flow_triggers"();

-- ---------------------------------------------------------------- what is asked across organisations

-- Steps with runs of their own that something is to be done about: some can be started, all have ended, the step waits
-- no more, a run is gone, or the parent is paused and they are not, or the other way round.
CREATE FUNCTION "system_child_steps"("max_rows" integer)
  RETURNS TABLE ("organisation_id" text, "run_id" text, "step_id" text, "attempt" integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH child AS (
      SELECT c.organisation_id, c.parent_run_id, c.step_id, c.attempt, c.parallel, c.detached, c.started_at, c.ended_at,
        c.paused, r.status AS run_status,
        c.ended_at IS NULL AND (c.started_at IS NOT NULL OR c.not_before > clock_timestamp()) AS in_flight,
        c.ended_at IS NULL AND c.started_at IS NULL AND coalesce(c.not_before <= clock_timestamp(), true) AS free
      FROM public.child_runs c LEFT JOIN public.runs r ON r.id = c.run_id
      WHERE NOT c.settled)
    SELECT c.organisation_id, c.parent_run_id, c.step_id, c.attempt
    FROM child c JOIN public.runs p ON p.id = c.parent_run_id JOIN public.steps s ON s.id = c.step_id
    GROUP BY c.organisation_id, c.parent_run_id, c.step_id, c.attempt, p.status, p.cancel_requested, s.status, s.attempt
    HAVING bool_and(c.ended_at IS NOT NULL OR (c.detached AND c.started_at IS NOT NULL))
      OR bool_or(c.started_at IS NOT NULL AND c.ended_at IS NULL AND c.run_status IS NULL)
      OR CASE
        WHEN s.status <> 'waiting' OR s.attempt <> c.attempt OR p.cancel_requested
          THEN bool_or(c.free OR (NOT c.detached AND c.ended_at IS NULL AND c.run_status IS NOT NULL))
        WHEN p.status = 'paused'
          THEN bool_or(NOT c.detached AND c.run_status IN ('queued', 'running', 'waiting'))
        ELSE bool_or(c.paused) OR (count(*) FILTER (WHERE c.in_flight) < min(c.parallel) AND bool_or(c.free))
      END
    LIMIT max_rows
  $$;

DO $$
DECLARE
  is_superuser constant boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
  signature constant text := 'system_child_steps(integer)';
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
