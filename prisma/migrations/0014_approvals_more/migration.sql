-- What was sent back says to whom.

-- AlterTable
ALTER TABLE "approval_decisions" ADD COLUMN     "sent_to" TEXT;

-- ---------------------------------------------------------------- notices of what waits for approval

-- CreateTable
CREATE TABLE "notice_channels" (
    "organisation_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "secret_id" TEXT,
    "enabled" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "notice_channels_pkey" PRIMARY KEY ("organisation_id","kind")
);

-- CreateTable
CREATE TABLE "notices" (
    "organisation_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "approval_id" TEXT,
    "user_id" TEXT,
    "status" TEXT NOT NULL DEFAULT 'waiting',
    "tries" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "failure" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "notices_pkey" PRIMARY KEY ("organisation_id","id")
);

-- AlterTable
ALTER TABLE "members" ADD COLUMN     "mail_notices" BOOLEAN NOT NULL DEFAULT true;

-- CreateIndex
CREATE INDEX "notices_organisation_id_created_at_idx" ON "notices"("organisation_id", "created_at" DESC);

-- AddForeignKey
ALTER TABLE "notice_channels" ADD CONSTRAINT "notice_channels_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notice_channels" ADD CONSTRAINT "notice_channels_organisation_id_secret_id_fkey" FOREIGN KEY ("organisation_id", "secret_id") REFERENCES "secrets"("organisation_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notices" ADD CONSTRAINT "notices_organisation_id_kind_fkey" FOREIGN KEY ("organisation_id", "kind") REFERENCES "notice_channels"("organisation_id", "kind") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notices" ADD CONSTRAINT "notices_organisation_id_approval_id_fkey" FOREIGN KEY ("organisation_id", "approval_id") REFERENCES "approvals"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE INDEX "notices_waiting_idx" ON "notices" ("not_before") WHERE "status" = 'waiting';

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['notice_channels', 'notices']
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
GRANT SELECT, INSERT, UPDATE, DELETE ON "notice_channels", "notices" TO "pressroom_app";

-- In the commit in which it begins to wait: there is no moment at which something waits and nobody will be told.
CREATE FUNCTION "notify_of_approval"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
  BEGIN
    INSERT INTO public.notices (organisation_id, id, kind, approval_id)
    SELECT c.organisation_id, gen_random_uuid()::text, c.kind, NEW.id FROM public.notice_channels c
    WHERE c.organisation_id = NEW.organisation_id AND c.enabled;
    RETURN NULL;
  END
$$;
CREATE TRIGGER "approval_noticed" AFTER INSERT ON "approvals"
  FOR EACH ROW EXECUTE FUNCTION "notify_of_approval"();

-- Whoever it is handed to hears of it.
CREATE FUNCTION "notify_of_delegation"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
  BEGIN
    INSERT INTO public.notices (organisation_id, id, kind, approval_id, user_id)
    SELECT c.organisation_id, gen_random_uuid()::text, c.kind, NEW.approval_id, NEW.delegate_id
    FROM public.notice_channels c JOIN public.members m
      ON m.organisation_id = c.organisation_id AND m.user_id = NEW.delegate_id AND m.mail_notices
    WHERE c.organisation_id = NEW.organisation_id AND c.kind = 'mail' AND c.enabled;
    RETURN NULL;
  END
$$;
CREATE TRIGGER "delegation_noticed" AFTER INSERT ON "approval_decisions"
  FOR EACH ROW WHEN (NEW."delegate_id" IS NOT NULL) EXECUTE FUNCTION "notify_of_delegation"();

CREATE POLICY "system" ON "notices" FOR SELECT TO "pressroom_system" USING (true);
GRANT SELECT ("organisation_id", "id", "kind", "status", "not_before") ON "notices" TO "pressroom_system";

-- Channels take turns: one that nobody answers at keeps the others from nothing.
CREATE FUNCTION "system_due_notices"("max_rows" integer)
  RETURNS TABLE ("organisation_id" text, "id" text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT n.organisation_id, n.id FROM public.notices n
    WHERE n.status = 'waiting' AND n.not_before <= clock_timestamp()
    ORDER BY row_number() OVER (PARTITION BY n.organisation_id, n.kind ORDER BY n.not_before, n.id), n.not_before
    LIMIT max_rows
  $$;

DO $$
DECLARE
  is_superuser constant boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
BEGIN
  IF NOT is_superuser THEN
    GRANT "pressroom_system" TO CURRENT_USER;
  END IF;
  GRANT CREATE ON SCHEMA "public" TO "pressroom_system";
  REVOKE ALL ON FUNCTION "system_due_notices"(integer) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION "system_due_notices"(integer) TO "pressroom_app";
  ALTER FUNCTION "system_due_notices"(integer) OWNER TO "pressroom_system";
  REVOKE CREATE ON SCHEMA "public" FROM "pressroom_system";
  IF NOT is_superuser THEN
    REVOKE "pressroom_system" FROM CURRENT_USER;
  END IF;
END
$$;
