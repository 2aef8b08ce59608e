-- How long an organisation keeps its runs, and the logs of its runs. Null: for ever.
ALTER TABLE "organisations"
  ADD COLUMN "retention_run_days" INTEGER CHECK ("retention_run_days" > 0),
  ADD COLUMN "retention_event_days" INTEGER CHECK ("retention_event_days" > 0);

ALTER TABLE "runs" ADD COLUMN "log_removed_at" TIMESTAMPTZ(3);

-- The oldest of an organisation's runs that have ended.
CREATE INDEX "runs_ended_idx" ON "runs" ("organisation_id", "finished_at") WHERE "finished_at" IS NOT NULL;

GRANT SELECT ("retention_run_days", "retention_event_days") ON "organisations" TO "pressroom_system";

CREATE FUNCTION "system_retention"()
  RETURNS TABLE ("organisation_id" text, "run_days" integer, "event_days" integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT o.id, o.retention_run_days, o.retention_event_days
    FROM public.organisations o
    WHERE o.retention_run_days IS NOT NULL OR o.retention_event_days IS NOT NULL
    ORDER BY o.id
  $$;

DO $$
DECLARE
  is_superuser constant boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
BEGIN
  IF NOT is_superuser THEN
    GRANT "pressroom_system" TO CURRENT_USER;
  END IF;
  GRANT CREATE ON SCHEMA "public" TO "pressroom_system";
  REVOKE ALL ON FUNCTION "system_retention"() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION "system_retention"() TO "pressroom_app";
  ALTER FUNCTION "system_retention"() OWNER TO "pressroom_system";
  REVOKE CREATE ON SCHEMA "public" FROM "pressroom_system";
  IF NOT is_superuser THEN
    REVOKE "pressroom_system" FROM CURRENT_USER;
  END IF;
END
$$;
