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

-- ---------------------------------------------------------------- budgets of organisations

-- What an organisation may use of models in one calendar month (UTC). Null: as much as it likes.
-- CreateTable
CREATE TABLE "budgets" (
    "organisation_id" TEXT NOT NULL,
    "calls" BIGINT,
    "tokens" BIGINT,
    "cost_micros" BIGINT,
    "warn_percent" INTEGER NOT NULL DEFAULT 80,

    CONSTRAINT "budgets_pkey" PRIMARY KEY ("organisation_id")
);

-- What was used. Kept when the runs that used it are deleted.
-- CreateTable
CREATE TABLE "model_usage" (
    "organisation_id" TEXT NOT NULL,
    "month" DATE NOT NULL,
    "model" TEXT NOT NULL,
    "calls" BIGINT NOT NULL,
    "tokens" BIGINT NOT NULL,
    "cost_micros" BIGINT NOT NULL,

    CONSTRAINT "model_usage_pkey" PRIMARY KEY ("organisation_id","month","model")
);

-- AddForeignKey
ALTER TABLE "budgets" ADD CONSTRAINT "budgets_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_usage" ADD CONSTRAINT "model_usage_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['budgets', 'model_usage']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY "tenant" ON %I
         USING ("organisation_id" = (SELECT current_setting(''app.org_id'', true)))
         WITH CHECK ("organisation_id" = (SELECT current_setting(''app.org_id'', true)))',
      tenant_table);
  END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON "budgets", "model_usage" TO "pressroom_app";

CREATE FUNCTION "usage_month"("at" timestamptz) RETURNS date
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT date_trunc('month', "at" AT TIME ZONE 'UTC')::date
  $$;

-- R8: counted in the commit that records the calls, so no process can count past another. In one order, so that
-- commits never wait for each other in a ring.
CREATE FUNCTION "count_model_usage"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
  BEGIN
    INSERT INTO public.model_usage AS u (organisation_id, month, model, calls, tokens, cost_micros)
    SELECT c.organisation_id, public.usage_month(c.created_at), c.model, count(*),
      sum(c.input_tokens::bigint + c.output_tokens), sum(c.cost_micros)
    FROM added c GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (organisation_id, month, model) DO UPDATE SET calls = u.calls + excluded.calls,
      tokens = u.tokens + excluded.tokens, cost_micros = u.cost_micros + excluded.cost_micros;
    RETURN NULL;
  END
$$;
CREATE TRIGGER "model_call_counted" AFTER INSERT ON "model_calls" REFERENCING NEW TABLE AS "added"
  FOR EACH STATEMENT EXECUTE FUNCTION "count_model_usage"();
