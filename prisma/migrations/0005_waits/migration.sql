-- Steps that wait: for a time, a call from outside, a person. While one waits it is nobody's to run.

-- AlterTable
ALTER TABLE "steps" ADD COLUMN     "resumed_from" INTEGER;

-- AlterTable
ALTER TABLE "runs" ADD COLUMN     "deadline_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "step_waits" (
    "organisation_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "step_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "spec" JSONB NOT NULL,
    "carry" JSONB,
    "token_hash" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "cause" TEXT,
    "value" JSONB,
    "answered_by" TEXT,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "step_waits_pkey" PRIMARY KEY ("step_id","attempt")
);

-- CreateIndex
CREATE UNIQUE INDEX "step_waits_token_hash_key" ON "step_waits"("token_hash");

-- CreateIndex
CREATE INDEX "step_waits_run_id_idx" ON "step_waits"("run_id");

-- AddForeignKey
ALTER TABLE "step_waits" ADD CONSTRAINT "step_waits_organisation_id_run_id_fkey" FOREIGN KEY ("organisation_id", "run_id") REFERENCES "runs"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- `not_before` of a waiting step is when it goes on without an answer.
CREATE INDEX "steps_waiting_idx" ON "steps" ("not_before") WHERE "status" = 'waiting';

CREATE INDEX "runs_deadline_idx" ON "runs" ("deadline_at") WHERE "finished_at" IS NULL AND NOT "cancel_requested";

ALTER TABLE "step_waits" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "step_waits" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "step_waits"
  USING ("organisation_id" = (SELECT current_setting('app.org_id', true)))
  WITH CHECK ("organisation_id" = (SELECT current_setting('app.org_id', true)));
GRANT SELECT, INSERT, UPDATE, DELETE ON "step_waits" TO "pressroom_app";

GRANT SELECT ("organisation_id", "deadline_at", "finished_at") ON "runs" TO "pressroom_system";
CREATE POLICY "system" ON "step_waits" FOR SELECT TO "pressroom_system" USING (true);
GRANT SELECT ("organisation_id", "run_id", "step_id", "attempt", "token_hash", "cause") ON "step_waits"
  TO "pressroom_system";

DO $$
DECLARE
  is_superuser constant boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
BEGIN
  IF NOT is_superuser THEN
    GRANT "pressroom_system" TO CURRENT_USER;
  END IF;
  GRANT CREATE ON SCHEMA "public" TO "pressroom_system";
END
$$;

-- What waits while its run is paused goes on when the run does.
CREATE FUNCTION "system_due_waits"("max_rows" integer)
  RETURNS TABLE ("organisation_id" text, "run_id" text, "step_id" text, "attempt" integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.organisation_id, s.run_id, s.id, s.attempt
    FROM public.steps s JOIN public.runs r ON r.id = s.run_id
    WHERE s.status = 'waiting' AND s.not_before <= clock_timestamp() AND r.status <> 'paused'
    ORDER BY s.not_before
    LIMIT max_rows
  $$;

-- A run that is paused has nothing to be taken, however long its steps have been ready.
CREATE OR REPLACE FUNCTION "system_forgotten_steps"("older_than_ms" double precision, "max_rows" integer)
  RETURNS TABLE ("organisation_id" text, "run_id" text, "step_id" text, "attempt" integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.organisation_id, s.run_id, s.id, s.attempt
    FROM public.steps s JOIN public.runs r ON r.id = s.run_id
    WHERE s.status = 'ready' AND s.not_before < clock_timestamp() - make_interval(secs => older_than_ms / 1000)
      AND r.status <> 'paused'
    ORDER BY row_number() OVER (PARTITION BY s.run_id ORDER BY s.not_before, s.id), s.not_before
    LIMIT max_rows
  $$;

CREATE OR REPLACE FUNCTION "system_cancelled_runs"("run_ids" text[])
  RETURNS SETOF text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.id FROM public.runs r
    WHERE r.id = ANY (run_ids) AND r.cancel_requested AND r.status IN ('queued', 'running', 'waiting', 'paused')
  $$;

CREATE FUNCTION "system_overdue_runs"("max_rows" integer)
  RETURNS TABLE ("organisation_id" text, "run_id" text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.organisation_id, r.id FROM public.runs r
    WHERE r.deadline_at <= clock_timestamp() AND r.finished_at IS NULL AND NOT r.cancel_requested
    ORDER BY r.deadline_at
    LIMIT max_rows
  $$;

-- Where the wait is that a callback's token belongs to, and whether somebody answered it; nothing of its content.
CREATE FUNCTION "system_callback"("of_hash" text)
  RETURNS TABLE ("organisation_id" text, "run_id" text, "step_id" text, "attempt" integer, "answered" boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT w.organisation_id, w.run_id, w.step_id, w.attempt, w.cause IS NOT DISTINCT FROM 'answered'
    FROM public.step_waits w WHERE w.token_hash = of_hash
  $$;

DO $$
DECLARE
  signature text;
BEGIN
  FOREACH signature IN ARRAY ARRAY['system_due_waits(integer)', 'system_overdue_runs(integer)', 'system_callback(text)']
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO "pressroom_app"', signature);
    EXECUTE format('ALTER FUNCTION %s OWNER TO "pressroom_system"', signature);
  END LOOP;
  REVOKE CREATE ON SCHEMA "public" FROM "pressroom_system";
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    REVOKE "pressroom_system" FROM CURRENT_USER;
  END IF;
END
$$;
