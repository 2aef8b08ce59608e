-- What starts flows by itself: schedules, webhooks, forms and other flows; and every call of one.

-- CreateTable
CREATE TABLE "triggers" (
    "organisation_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "flow_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "settings" JSONB NOT NULL,
    "path" TEXT,
    "path_hash" TEXT,
    "secret_id" TEXT,
    "source_flow_id" TEXT,
    "member_id" TEXT,
    "service_account_id" TEXT,
    "next_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "triggers_pkey" PRIMARY KEY ("organisation_id","id")
);

-- CreateTable
CREATE TABLE "trigger_calls" (
    "organisation_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "trigger_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "due_at" TIMESTAMPTZ(3),
    "tried" BOOLEAN NOT NULL DEFAULT false,
    "source_run_id" TEXT,
    "in_a_row" INTEGER NOT NULL DEFAULT 1,
    "body" JSONB NOT NULL DEFAULT 'null',
    "input" JSONB,
    "failure" JSONB,
    "duplicates" INTEGER NOT NULL DEFAULT 0,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "trigger_calls_pkey" PRIMARY KEY ("organisation_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "triggers_path_hash_key" ON "triggers"("path_hash");

-- CreateIndex
CREATE INDEX "triggers_organisation_id_flow_id_idx" ON "triggers"("organisation_id", "flow_id");

-- CreateIndex
CREATE UNIQUE INDEX "trigger_calls_organisation_id_trigger_id_key_key" ON "trigger_calls"("organisation_id", "trigger_id", "key");

-- CreateIndex
CREATE INDEX "trigger_calls_organisation_id_trigger_id_at_idx" ON "trigger_calls"("organisation_id", "trigger_id", "at" DESC);

-- AddForeignKey
ALTER TABLE "triggers" ADD CONSTRAINT "triggers_organisation_id_flow_id_fkey" FOREIGN KEY ("organisation_id", "flow_id") REFERENCES "flows"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "triggers" ADD CONSTRAINT "triggers_organisation_id_source_flow_id_fkey" FOREIGN KEY ("organisation_id", "source_flow_id") REFERENCES "flows"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "triggers" ADD CONSTRAINT "triggers_organisation_id_secret_id_fkey" FOREIGN KEY ("organisation_id", "secret_id") REFERENCES "secrets"("organisation_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trigger_calls" ADD CONSTRAINT "trigger_calls_organisation_id_trigger_id_fkey" FOREIGN KEY ("organisation_id", "trigger_id") REFERENCES "triggers"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- ================================================================ part 2: tenancy

-- A trigger outlives whom it starts runs as: it says so and starts nothing until somebody takes it over. Only one
-- column of the two becomes null, which Prisma's schema can't express.
ALTER TABLE "triggers" ADD CONSTRAINT "triggers_organisation_id_member_id_fkey"
  FOREIGN KEY ("organisation_id", "member_id") REFERENCES "members" ("organisation_id", "id")
  ON DELETE SET NULL ("member_id");
ALTER TABLE "triggers" ADD CONSTRAINT "triggers_organisation_id_service_account_id_fkey"
  FOREIGN KEY ("organisation_id", "service_account_id") REFERENCES "service_accounts" ("organisation_id", "id")
  ON DELETE SET NULL ("service_account_id");

CREATE INDEX "triggers_due_idx" ON "triggers" ("next_at") WHERE "enabled" AND "next_at" IS NOT NULL;
CREATE INDEX "triggers_source_idx" ON "triggers" ("organisation_id", "source_flow_id")
  WHERE "enabled" AND "source_flow_id" IS NOT NULL;
CREATE INDEX "trigger_calls_waiting_idx" ON "trigger_calls" ("not_before") WHERE "status" = 'accepted';

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['triggers', 'trigger_calls']
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
GRANT SELECT, INSERT, UPDATE, DELETE ON "triggers", "trigger_calls" TO "pressroom_app";

-- ---------------------------------------------------------------- a flow that ends

-- Accepts the calls of the triggers that wait for this flow, in the commit that ends the run: there is no moment at
-- which a run has ended and its followers could be forgotten. Tests of drafts start nothing. The id has the shape of
-- every call's: the time in base 36, then chance.
CREATE FUNCTION "call_flow_triggers"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
  DECLARE
    so_far constant integer := coalesce((
      SELECT c.in_a_row FROM public.trigger_calls c
      WHERE c.organisation_id = NEW.organisation_id AND c.id = 'call_' || substr(NEW.id, 5)), 0);
    now_ms constant bigint := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
    stamp constant text := (
      SELECT string_agg(substr('0123456789abcdefghijklmnopqrstuvwxyz', ((now_ms / (36::numeric ^ place)::bigint) % 36)::int + 1, 1), '' ORDER BY place DESC)
      FROM generate_series(0, 8) AS place);
  BEGIN
    INSERT INTO public.trigger_calls (organisation_id, id, trigger_id, key, source_run_id, in_a_row, status, failure)
    SELECT t.organisation_id, 'call_' || stamp || substr(replace(gen_random_uuid()::text, '-', ''), 1, 16), t.id, NEW.id,
      NEW.id, so_far + 1,
      CASE WHEN so_far < (t.settings ->> 'maxInARow')::int THEN 'accepted' ELSE 'refused' END,
      CASE WHEN so_far < (t.settings ->> 'maxInARow')::int THEN NULL ELSE jsonb_build_object(
        'code', 'limit.in_a_row',
        'message', format('Flows have started each other %s times in a row, which is as far as this trigger goes.', so_far),
        'fix', 'Look whether these flows start each other without end; raise the number in the trigger if they should go on.',
        'retryable', false,
        'facts', jsonb_build_object('inARow', so_far)) END
    FROM public.triggers t
    WHERE t.organisation_id = NEW.organisation_id AND t.source_flow_id = NEW.flow_id AND t.enabled
      AND (t.settings ->> 'on' = 'both' OR (t.settings ->> 'on' = 'failed') = (NEW.status = 'failed'))
    ON CONFLICT DO NOTHING;
    RETURN NULL;
  END
$$;
CREATE TRIGGER "flow_ended" AFTER UPDATE OF "finished_at" ON "runs"
  FOR EACH ROW
  WHEN (OLD."finished_at" IS NULL AND NEW."finished_at" IS NOT NULL AND NEW."flow_version_id" IS NOT NULL
    AND NEW."status" IN ('succeeded', 'succeeded_without_winner', 'failed'))
  EXECUTE FUNCTION "call_flow_triggers"();

-- ---------------------------------------------------------------- what is asked across organisations

CREATE POLICY "system" ON "triggers" FOR SELECT TO "pressroom_system" USING (true);
CREATE POLICY "system" ON "trigger_calls" FOR SELECT TO "pressroom_system" USING (true);
CREATE POLICY "system" ON "flows" FOR SELECT TO "pressroom_system" USING (true);
GRANT SELECT ("organisation_id", "id", "flow_id", "kind", "enabled", "settings", "path_hash", "secret_id", "next_at")
  ON "triggers" TO "pressroom_system";
GRANT SELECT ("organisation_id", "id", "trigger_id", "status", "not_before") ON "trigger_calls" TO "pressroom_system";
GRANT SELECT ("organisation_id", "id", "removed_at") ON "flows" TO "pressroom_system";

-- Whose webhook or form this address is; nothing for one that is off or whose flow was removed.
CREATE FUNCTION "system_trigger"("of_hash" text)
  RETURNS jsonb
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('organisationId', t.organisation_id, 'id', t.id, 'flowId', t.flow_id,
      'settings', t.settings, 'secretId', t.secret_id)
    FROM public.triggers t
    JOIN public.flows f ON f.organisation_id = t.organisation_id AND f.id = t.flow_id
    WHERE t.path_hash = of_hash AND t.enabled AND f.removed_at IS NULL
  $$;

CREATE FUNCTION "system_due_triggers"("max_rows" integer)
  RETURNS TABLE ("organisation_id" text, "id" text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.organisation_id, t.id FROM public.triggers t
    JOIN public.flows f ON f.organisation_id = t.organisation_id AND f.id = t.flow_id
    WHERE t.enabled AND t.next_at <= clock_timestamp() AND f.removed_at IS NULL
    ORDER BY t.next_at
    LIMIT max_rows
  $$;

-- Takes turns between triggers: a storm at one doesn't keep the others waiting.
CREATE FUNCTION "system_waiting_calls"("max_rows" integer)
  RETURNS TABLE ("organisation_id" text, "id" text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.organisation_id, c.id FROM public.trigger_calls c
    WHERE c.status = 'accepted' AND c.not_before <= clock_timestamp()
    ORDER BY row_number() OVER (PARTITION BY c.organisation_id, c.trigger_id ORDER BY c.not_before, c.id), c.not_before
    LIMIT max_rows
  $$;

DO $$
DECLARE
  is_superuser constant boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
  signature text;
BEGIN
  IF NOT is_superuser THEN
    GRANT "pressroom_system" TO CURRENT_USER;
  END IF;
  GRANT CREATE ON SCHEMA "public" TO "pressroom_system";
  FOREACH signature IN ARRAY ARRAY[
    'system_trigger(text)', 'system_due_triggers(integer)', 'system_waiting_calls(integer)']
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO "pressroom_app"', signature);
    EXECUTE format('ALTER FUNCTION %s OWNER TO "pressroom_system"', signature);
  END LOOP;
  REVOKE CREATE ON SCHEMA "public" FROM "pressroom_system";
  IF NOT is_superuser THEN
    REVOKE "pressroom_system" FROM CURRENT_USER;
  END IF;
END
$$;
