-- Part 1 is what Prisma derives from schema.prisma; part 2 is what its schema can't say.
-- CreateTable
CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "active_organization_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "accounts" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verifications" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organisations" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "logo" TEXT,
    "metadata" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organisations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "members" (
    "id" TEXT NOT NULL,
    "organisation_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "members_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "content_types" (
    "organisation_id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "system_context" TEXT NOT NULL,
    "form" JSONB NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "content_types_pkey" PRIMARY KEY ("organisation_id","slug")
);

-- CreateTable
CREATE TABLE "agents" (
    "organisation_id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "system_prompt" TEXT NOT NULL,
    "criteria" JSONB NOT NULL DEFAULT '[]',
    "position" INTEGER NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agents_pkey" PRIMARY KEY ("organisation_id","slug")
);

-- CreateTable
CREATE TABLE "model_configurations" (
    "organisation_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "agent_slug" TEXT,
    "provider" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "local" BOOLEAN NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "temperature" DOUBLE PRECISION NOT NULL DEFAULT 0.7,
    "max_output_tokens" INTEGER NOT NULL DEFAULT 4096,
    "position" INTEGER NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_configurations_pkey" PRIMARY KEY ("organisation_id","id")
);

-- CreateTable
CREATE TABLE "flows" (
    "id" TEXT NOT NULL,
    "organisation_id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "template" TEXT,
    "draft" JSONB NOT NULL,
    "published_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "flows_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "flow_versions" (
    "id" TEXT NOT NULL,
    "organisation_id" TEXT NOT NULL,
    "flow_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "content_hash" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "message" TEXT NOT NULL DEFAULT '',
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "flow_versions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "runs" (
    "id" TEXT NOT NULL,
    "organisation_id" TEXT NOT NULL,
    "flow_id" TEXT,
    "flow_version_id" TEXT,
    "flow_name" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "cancel_requested" BOOLEAN NOT NULL DEFAULT false,
    "seed" INTEGER NOT NULL,
    "input" JSONB NOT NULL,
    "snapshot" JSONB NOT NULL,
    "progress" JSONB NOT NULL,
    "failure" JSONB,
    "last_seq" INTEGER NOT NULL DEFAULT 0,
    "started_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "steps" (
    "id" TEXT NOT NULL,
    "organisation_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "node_id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "ordinal" INTEGER[],
    "label" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "input_id" TEXT,
    "input_port" TEXT,
    "entry" INTEGER,
    "needs_local" BOOLEAN NOT NULL DEFAULT false,
    "needs_external" BOOLEAN NOT NULL DEFAULT false,
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" JSONB NOT NULL DEFAULT '[]',
    "failure" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "steps_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outputs" (
    "id" TEXT NOT NULL,
    "organisation_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "step_id" TEXT NOT NULL,
    "node_id" TEXT NOT NULL,
    "port" TEXT NOT NULL,
    "port_type" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "ordinal" INTEGER[],
    "label" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outputs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "model_calls" (
    "id" TEXT NOT NULL,
    "organisation_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "step_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "text" TEXT NOT NULL,
    "data" JSONB,
    "input_tokens" INTEGER NOT NULL,
    "output_tokens" INTEGER NOT NULL,
    "cost_micros" INTEGER NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_calls_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_events" (
    "organisation_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "body" JSONB NOT NULL,

    CONSTRAINT "run_events_pkey" PRIMARY KEY ("run_id","seq")
);

-- CreateTable
CREATE UNLOGGED TABLE "step_streams" (
    "organisation_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "step_id" TEXT NOT NULL,
    "call_id" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "step_streams_pkey" PRIMARY KEY ("run_id","call_id")
);

-- CreateTable
CREATE TABLE "drafts" (
    "id" TEXT NOT NULL,
    "organisation_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "output_id" TEXT NOT NULL,
    "parent_id" TEXT,
    "writer" TEXT NOT NULL,
    "editor" TEXT,
    "model" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "ordinal" INTEGER[],

    CONSTRAINT "drafts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "revisions" (
    "organisation_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "draft_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "author" JSONB NOT NULL,
    "notes" JSONB NOT NULL,
    "input_tokens" INTEGER NOT NULL,
    "output_tokens" INTEGER NOT NULL,
    "cost_micros" INTEGER NOT NULL,

    CONSTRAINT "revisions_pkey" PRIMARY KEY ("draft_id","number")
);

-- CreateTable
CREATE TABLE "evaluations" (
    "id" TEXT NOT NULL,
    "organisation_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "draft_id" TEXT NOT NULL,
    "evaluator" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "criteria" JSONB NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "rank" INTEGER,
    "reason" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "ordinal" INTEGER[],

    CONSTRAINT "evaluations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deliverables" (
    "id" TEXT NOT NULL,
    "organisation_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "winner" TEXT,
    "note" TEXT,
    "versions" JSONB NOT NULL,

    CONSTRAINT "deliverables_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_token_key" ON "sessions"("token");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE INDEX "accounts_user_id_idx" ON "accounts"("user_id");

-- CreateIndex
CREATE INDEX "verifications_identifier_idx" ON "verifications"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "organisations_slug_key" ON "organisations"("slug");

-- CreateIndex
CREATE INDEX "members_user_id_idx" ON "members"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "members_organisation_id_user_id_key" ON "members"("organisation_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "flows_organisation_id_slug_key" ON "flows"("organisation_id", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "flows_organisation_id_id_key" ON "flows"("organisation_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "flow_versions_organisation_id_id_key" ON "flow_versions"("organisation_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "flow_versions_flow_id_number_key" ON "flow_versions"("flow_id", "number");

-- CreateIndex
CREATE INDEX "runs_organisation_id_created_at_idx" ON "runs"("organisation_id", "created_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "runs_organisation_id_id_key" ON "runs"("organisation_id", "id");

-- CreateIndex
CREATE INDEX "steps_run_id_status_idx" ON "steps"("run_id", "status");

-- CreateIndex
CREATE INDEX "steps_run_id_node_id_idx" ON "steps"("run_id", "node_id");

-- CreateIndex
CREATE INDEX "outputs_run_id_node_id_port_idx" ON "outputs"("run_id", "node_id", "port");

-- CreateIndex
CREATE INDEX "model_calls_run_id_idx" ON "model_calls"("run_id");

-- CreateIndex
CREATE UNIQUE INDEX "model_calls_step_id_key_key" ON "model_calls"("step_id", "key");

-- CreateIndex
CREATE INDEX "drafts_run_id_idx" ON "drafts"("run_id");

-- CreateIndex
CREATE UNIQUE INDEX "drafts_organisation_id_id_key" ON "drafts"("organisation_id", "id");

-- CreateIndex
CREATE INDEX "revisions_run_id_idx" ON "revisions"("run_id");

-- CreateIndex
CREATE INDEX "evaluations_run_id_idx" ON "evaluations"("run_id");

-- CreateIndex
CREATE INDEX "deliverables_run_id_idx" ON "deliverables"("run_id");

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "members" ADD CONSTRAINT "members_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "members" ADD CONSTRAINT "members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "content_types" ADD CONSTRAINT "content_types_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agents" ADD CONSTRAINT "agents_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_configurations" ADD CONSTRAINT "model_configurations_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "flows" ADD CONSTRAINT "flows_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "flows" ADD CONSTRAINT "flows_organisation_id_published_id_fkey" FOREIGN KEY ("organisation_id", "published_id") REFERENCES "flow_versions"("organisation_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "flow_versions" ADD CONSTRAINT "flow_versions_organisation_id_flow_id_fkey" FOREIGN KEY ("organisation_id", "flow_id") REFERENCES "flows"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "runs" ADD CONSTRAINT "runs_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "steps" ADD CONSTRAINT "steps_organisation_id_run_id_fkey" FOREIGN KEY ("organisation_id", "run_id") REFERENCES "runs"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outputs" ADD CONSTRAINT "outputs_organisation_id_run_id_fkey" FOREIGN KEY ("organisation_id", "run_id") REFERENCES "runs"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_calls" ADD CONSTRAINT "model_calls_organisation_id_run_id_fkey" FOREIGN KEY ("organisation_id", "run_id") REFERENCES "runs"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_events" ADD CONSTRAINT "run_events_organisation_id_run_id_fkey" FOREIGN KEY ("organisation_id", "run_id") REFERENCES "runs"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "step_streams" ADD CONSTRAINT "step_streams_organisation_id_run_id_fkey" FOREIGN KEY ("organisation_id", "run_id") REFERENCES "runs"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_organisation_id_run_id_fkey" FOREIGN KEY ("organisation_id", "run_id") REFERENCES "runs"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_organisation_id_run_id_fkey" FOREIGN KEY ("organisation_id", "run_id") REFERENCES "runs"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_organisation_id_draft_id_fkey" FOREIGN KEY ("organisation_id", "draft_id") REFERENCES "drafts"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_organisation_id_run_id_fkey" FOREIGN KEY ("organisation_id", "run_id") REFERENCES "runs"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deliverables" ADD CONSTRAINT "deliverables_organisation_id_run_id_fkey" FOREIGN KEY ("organisation_id", "run_id") REFERENCES "runs"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- ================================================================ part 2: tenancy

-- A run outlives its flow, so only one column of the two becomes null (which Prisma's schema can't express).
ALTER TABLE "runs" ADD CONSTRAINT "runs_organisation_id_flow_id_fkey"
  FOREIGN KEY ("organisation_id", "flow_id") REFERENCES "flows" ("organisation_id", "id")
  ON DELETE SET NULL ("flow_id");
ALTER TABLE "runs" ADD CONSTRAINT "runs_organisation_id_flow_version_id_fkey"
  FOREIGN KEY ("organisation_id", "flow_version_id") REFERENCES "flow_versions" ("organisation_id", "id")
  ON DELETE SET NULL ("flow_version_id");

-- The workers' cross-organisation questions. `lease_until` is left out on purpose: a heartbeat stays a HOT update.
CREATE INDEX "steps_running_idx" ON "steps" ("lease_owner") WHERE "status" = 'running';
CREATE INDEX "steps_ready_idx" ON "steps" ("not_before") WHERE "status" = 'ready';
-- What a run has ready, in the flow's order.
CREATE INDEX "steps_claim_idx" ON "steps" ("run_id", "ordinal") WHERE "status" = 'ready';

CREATE FUNCTION "refuse_update"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION '% are immutable', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER "flow_versions_immutable" BEFORE UPDATE ON "flow_versions"
  FOR EACH ROW EXECUTE FUNCTION "refuse_update"();

-- Roles belong to the server, not to the database: another Pressroom database may have made them already.
DO $$
BEGIN
  BEGIN
    CREATE ROLE "pressroom_app" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
  END;
  BEGIN
    CREATE ROLE "pressroom_system" NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
  END;
END
$$;

-- Every table with `organisation_id`, but not `members`: sign-in reads a person's memberships to find out which
-- organisations there are to choose from, before one is set. It holds no content, only who belongs where.
DO $$
DECLARE
  tenant_table text;
BEGIN
  FOR tenant_table IN
    SELECT "table_name" FROM information_schema.columns
    WHERE "table_schema" = current_schema() AND "column_name" = 'organisation_id' AND "table_name" <> 'members'
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

-- ---------------------------------------------------------------- what the application may do

GRANT USAGE ON SCHEMA "public" TO "pressroom_app", "pressroom_system";
GRANT SELECT, INSERT, UPDATE, DELETE ON
  "users", "sessions", "accounts", "verifications", "organisations", "members",
  "content_types", "agents", "model_configurations", "flows",
  "runs", "steps", "step_streams", "drafts", "evaluations", "deliverables"
  TO "pressroom_app";
-- Nothing of these is ever overwritten.
GRANT SELECT, INSERT, DELETE ON "flow_versions", "outputs", "model_calls", "run_events", "revisions"
  TO "pressroom_app";

-- ---------------------------------------------------------------- what workers do across organisations

-- These functions run as a role that nobody can log in as and that sees the columns it needs of `runs` and `steps`,
-- by a policy of its own. So they work whether or not the owner of the tables may bypass row-level security.
CREATE POLICY "system" ON "runs" FOR SELECT TO "pressroom_system" USING (true);
CREATE POLICY "system_read" ON "steps" FOR SELECT TO "pressroom_system" USING (true);
CREATE POLICY "system_renew" ON "steps" FOR UPDATE TO "pressroom_system" USING (true) WITH CHECK (true);
GRANT SELECT ("id", "status", "cancel_requested") ON "runs" TO "pressroom_system";
GRANT SELECT ("id", "organisation_id", "run_id", "status", "attempt", "lease_owner", "lease_until", "not_before")
  ON "steps" TO "pressroom_system";
GRANT UPDATE ("lease_until") ON "steps" TO "pressroom_system";

CREATE FUNCTION "system_lost_leases"("max_rows" integer)
  RETURNS TABLE ("organisation_id" text, "run_id" text, "step_id" text, "attempt" integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.organisation_id, s.run_id, s.id, s.attempt
    FROM public.steps s
    WHERE s.status = 'running' AND (s.lease_until IS NULL OR s.lease_until < clock_timestamp())
    ORDER BY s.lease_until NULLS FIRST
    LIMIT max_rows
  $$;

-- Takes turns between runs: one with many ready steps (waiting for a model slot) doesn't keep others out of the list.
CREATE FUNCTION "system_forgotten_steps"("older_than_ms" double precision, "max_rows" integer)
  RETURNS TABLE ("organisation_id" text, "run_id" text, "step_id" text, "attempt" integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.organisation_id, s.run_id, s.id, s.attempt
    FROM public.steps s
    WHERE s.status = 'ready' AND s.not_before < clock_timestamp() - make_interval(secs => older_than_ms / 1000)
    ORDER BY row_number() OVER (PARTITION BY s.run_id ORDER BY s.not_before, s.id), s.not_before
    LIMIT max_rows
  $$;

-- Passes over steps that a commit holds right now: waiting for them, in whatever order they come, ends in deadlocks.
CREATE FUNCTION "system_heartbeat"("worker" text, "lease_seconds" double precision)
  RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE public.steps AS s
    SET lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
    FROM (SELECT id FROM public.steps WHERE lease_owner = worker AND status = 'running' FOR UPDATE SKIP LOCKED) AS mine
    WHERE s.id = mine.id
  $$;

CREATE FUNCTION "system_cancelled_runs"("run_ids" text[])
  RETURNS SETOF text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.id FROM public.runs r
    WHERE r.id = ANY (run_ids) AND r.cancel_requested AND r.status IN ('queued', 'running')
  $$;

REVOKE ALL ON FUNCTION
  "system_lost_leases"(integer), "system_forgotten_steps"(double precision, integer),
  "system_heartbeat"(text, double precision), "system_cancelled_runs"(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  "system_lost_leases"(integer), "system_forgotten_steps"(double precision, integer),
  "system_heartbeat"(text, double precision), "system_cancelled_runs"(text[]) TO "pressroom_app";

-- Giving functions away asks two things of an owner who is no superuser: to be a member of the new owner, and the new
-- owner to be allowed to create in the schema. Both only for this moment.
DO $$
DECLARE
  is_superuser constant boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
BEGIN
  IF NOT is_superuser THEN
    GRANT "pressroom_system" TO CURRENT_USER;
  END IF;
  GRANT CREATE ON SCHEMA "public" TO "pressroom_system";
  ALTER FUNCTION "system_lost_leases"(integer) OWNER TO "pressroom_system";
  ALTER FUNCTION "system_forgotten_steps"(double precision, integer) OWNER TO "pressroom_system";
  ALTER FUNCTION "system_heartbeat"(text, double precision) OWNER TO "pressroom_system";
  ALTER FUNCTION "system_cancelled_runs"(text[]) OWNER TO "pressroom_system";
  REVOKE CREATE ON SCHEMA "public" FROM "pressroom_system";
  IF NOT is_superuser THEN
    REVOKE "pressroom_system" FROM CURRENT_USER;
  END IF;
END
$$;
