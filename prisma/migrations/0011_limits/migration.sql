-- Limits that hold across processes: priorities of runs and turns between organisations.

-- Higher first: 1 high, 0 normal, -1 low.
-- AlterTable
ALTER TABLE "runs" ADD COLUMN     "priority" SMALLINT NOT NULL DEFAULT 0;

GRANT SELECT ("priority") ON "runs" TO "pressroom_system";

DO $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    GRANT "pressroom_system" TO CURRENT_USER;
  END IF;
  GRANT CREATE ON SCHEMA "public" TO "pressroom_system";
END
$$;

-- R8: organisations take turns, so that ten thousand ready steps of one keep nobody else's waiting; within one, higher
-- priorities go first, and runs of one priority take turns.
CREATE OR REPLACE FUNCTION "system_forgotten_steps"("older_than_ms" double precision, "max_rows" integer)
  RETURNS TABLE ("organisation_id" text, "run_id" text, "step_id" text, "attempt" integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT f.organisation_id, f.run_id, f.id, f.attempt
    FROM (
      SELECT s.organisation_id, s.run_id, s.id, s.attempt, s.not_before, r.priority,
        row_number() OVER (PARTITION BY s.run_id ORDER BY s.not_before, s.id) AS turn
      FROM public.steps s JOIN public.runs r ON r.id = s.run_id
      WHERE s.status = 'ready' AND s.not_before < clock_timestamp() - make_interval(secs => older_than_ms / 1000)
        AND r.status <> 'paused') AS f
    ORDER BY row_number() OVER (
      PARTITION BY f.organisation_id ORDER BY f.priority DESC, f.turn, f.not_before, f.id), f.not_before
    LIMIT max_rows
  $$;

DO $$
BEGIN
  REVOKE CREATE ON SCHEMA "public" FROM "pressroom_system";
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    REVOKE "pressroom_system" FROM CURRENT_USER;
  END IF;
END
$$;
