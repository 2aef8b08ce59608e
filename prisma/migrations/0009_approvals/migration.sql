-- People in the loop: what waits for an approval, and every decision on it.

-- CreateTable
CREATE TABLE "approvals" (
    "organisation_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "step_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "round" INTEGER NOT NULL DEFAULT 1,
    "content" JSONB NOT NULL,
    "content_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "approvals_pkey" PRIMARY KEY ("organisation_id","id")
);

-- CreateTable
CREATE TABLE "approval_decisions" (
    "organisation_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "approval_id" TEXT NOT NULL,
    "step_id" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "user_id" TEXT NOT NULL,
    "user_name" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "notes" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "content" JSONB,
    "delegate_id" TEXT,
    "delegate_name" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "approval_decisions_pkey" PRIMARY KEY ("organisation_id","id")
);

-- CreateIndex
CREATE INDEX "approvals_organisation_id_created_at_idx" ON "approvals"("organisation_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "approvals_organisation_id_run_id_idx" ON "approvals"("organisation_id", "run_id");

-- CreateIndex
CREATE INDEX "approval_decisions_organisation_id_step_id_idx" ON "approval_decisions"("organisation_id", "step_id");

-- CreateIndex
CREATE INDEX "approval_decisions_organisation_id_user_id_at_idx" ON "approval_decisions"("organisation_id", "user_id", "at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "approval_decisions_organisation_id_approval_id_round_user_i_key" ON "approval_decisions"("organisation_id", "approval_id", "round", "user_id");

-- AddForeignKey
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_organisation_id_run_id_fkey" FOREIGN KEY ("organisation_id", "run_id") REFERENCES "runs"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_decisions" ADD CONSTRAINT "approval_decisions_organisation_id_approval_id_fkey" FOREIGN KEY ("organisation_id", "approval_id") REFERENCES "approvals"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- ================================================================ part 2: tenancy

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['approvals', 'approval_decisions']
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
GRANT SELECT, INSERT, UPDATE, DELETE ON "approvals", "approval_decisions" TO "pressroom_app";

-- ---------------------------------------------------------------- open inboxes look again

CREATE FUNCTION "approvals_changed"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
  BEGIN
    PERFORM pg_notify('pressroom_access', NEW.organisation_id);
    RETURN NULL;
  END
$$;
CREATE TRIGGER "approval_begun" AFTER INSERT ON "approvals"
  FOR EACH ROW EXECUTE FUNCTION "approvals_changed"();
CREATE TRIGGER "approval_decided" AFTER INSERT ON "approval_decisions"
  FOR EACH ROW EXECUTE FUNCTION "approvals_changed"();
CREATE TRIGGER "approval_over" AFTER UPDATE OF "cause" ON "step_waits"
  FOR EACH ROW WHEN (NEW."kind" = 'approval') EXECUTE FUNCTION "approvals_changed"();
