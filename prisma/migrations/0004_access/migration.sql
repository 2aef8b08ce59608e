-- Who belongs to an organisation and what they may do there: roles, teams, invitations, keys, secrets, the audit log.


-- AlterTable
ALTER TABLE "users" ADD COLUMN     "last_sign_in_at" TIMESTAMPTZ(3),
ADD COLUMN     "two_factor_enabled" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "organisations" ADD COLUMN     "require_two_factor" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "audit_seq" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "audit_hash" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "flows" ADD COLUMN     "team_id" TEXT;

-- CreateTable
CREATE TABLE "two_factors" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "backup_codes" TEXT NOT NULL,
    "verified" BOOLEAN NOT NULL DEFAULT true,
    "failed_verification_count" INTEGER NOT NULL DEFAULT 0,
    "locked_until" TIMESTAMPTZ(3),
    CONSTRAINT "two_factors_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_limits" (
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "last_request" BIGINT NOT NULL,
    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "roles" (
    "organisation_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "summary" TEXT NOT NULL DEFAULT '',
    "permissions" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "roles_pkey" PRIMARY KEY ("organisation_id","id")
);

-- CreateTable
CREATE TABLE "teams" (
    "organisation_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "teams_pkey" PRIMARY KEY ("organisation_id","id")
);

-- CreateTable
CREATE TABLE "team_members" (
    "organisation_id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "member_id" TEXT NOT NULL,
    CONSTRAINT "team_members_pkey" PRIMARY KEY ("organisation_id","team_id","member_id")
);

-- CreateTable
CREATE TABLE "invitations" (
    "organisation_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "team_ids" TEXT[],
    "token_hash" TEXT NOT NULL,
    "invited_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    CONSTRAINT "invitations_pkey" PRIMARY KEY ("organisation_id","id")
);

-- CreateTable
CREATE TABLE "service_accounts" (
    "organisation_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(3),
    CONSTRAINT "service_accounts_pkey" PRIMARY KEY ("organisation_id","id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "organisation_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "start" TEXT NOT NULL,
    "service_account_id" TEXT,
    "member_id" TEXT,
    "permissions" TEXT[],
    "limited_to_flows" BOOLEAN NOT NULL DEFAULT false,
    "flow_ids" TEXT[],
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "last_used_from" TEXT,
    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("organisation_id","id")
);

-- CreateTable
CREATE TABLE "data_keys" (
    "organisation_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "wrapped" BYTEA NOT NULL,
    "wrapped_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "data_keys_pkey" PRIMARY KEY ("organisation_id","version")
);

-- CreateTable
CREATE TABLE "secrets" (
    "organisation_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "key_version" INTEGER NOT NULL,
    "sealed" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT,
    CONSTRAINT "secrets_pkey" PRIMARY KEY ("organisation_id","id")
);

-- CreateTable
CREATE TABLE "sign_on_providers" (
    "organisation_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "secret_id" TEXT NOT NULL,
    "domains" TEXT[],
    "default_role" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "sign_on_providers_pkey" PRIMARY KEY ("organisation_id","id")
);

-- CreateTable
CREATE TABLE "audit_log" (
    "organisation_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "entry" JSONB NOT NULL,
    "hash" TEXT NOT NULL,
    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("organisation_id","seq")
);

-- CreateIndex
CREATE INDEX "two_factors_user_id_idx" ON "two_factors"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "teams_organisation_id_name_key" ON "teams"("organisation_id", "name");

-- CreateIndex
CREATE INDEX "team_members_organisation_id_member_id_idx" ON "team_members"("organisation_id", "member_id");

-- CreateIndex
CREATE UNIQUE INDEX "invitations_token_hash_key" ON "invitations"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "service_accounts_organisation_id_name_key" ON "service_accounts"("organisation_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_token_hash_key" ON "api_keys"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "secrets_organisation_id_name_key" ON "secrets"("organisation_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "sign_on_providers_id_key" ON "sign_on_providers"("id");

-- CreateIndex
CREATE INDEX "audit_log_organisation_id_at_idx" ON "audit_log"("organisation_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "members_organisation_id_id_key" ON "members"("organisation_id", "id");

-- AddForeignKey
ALTER TABLE "two_factors" ADD CONSTRAINT "two_factors_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "roles" ADD CONSTRAINT "roles_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "teams" ADD CONSTRAINT "teams_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_organisation_id_team_id_fkey" FOREIGN KEY ("organisation_id", "team_id") REFERENCES "teams"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_organisation_id_member_id_fkey" FOREIGN KEY ("organisation_id", "member_id") REFERENCES "members"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "service_accounts" ADD CONSTRAINT "service_accounts_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organisation_id_service_account_id_fkey" FOREIGN KEY ("organisation_id", "service_account_id") REFERENCES "service_accounts"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organisation_id_member_id_fkey" FOREIGN KEY ("organisation_id", "member_id") REFERENCES "members"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "data_keys" ADD CONSTRAINT "data_keys_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "secrets" ADD CONSTRAINT "secrets_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "secrets" ADD CONSTRAINT "secrets_organisation_id_key_version_fkey" FOREIGN KEY ("organisation_id", "key_version") REFERENCES "data_keys"("organisation_id", "version") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sign_on_providers" ADD CONSTRAINT "sign_on_providers_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sign_on_providers" ADD CONSTRAINT "sign_on_providers_organisation_id_secret_id_fkey" FOREIGN KEY ("organisation_id", "secret_id") REFERENCES "secrets"("organisation_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ================================================================ part 2: tenancy

-- A flow outlives its team, so only one column of the two becomes null (which Prisma's schema can't express).
ALTER TABLE "flows" ADD CONSTRAINT "flows_organisation_id_team_id_fkey"
  FOREIGN KEY ("organisation_id", "team_id") REFERENCES "teams" ("organisation_id", "id")
  ON DELETE SET NULL ("team_id");

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY[
    'members', 'roles', 'teams', 'team_members', 'invitations', 'service_accounts', 'api_keys',
    'data_keys', 'secrets', 'sign_on_providers', 'audit_log']
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
ALTER TABLE "organisations" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "organisations" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "organisations"
  USING ("id" = (SELECT current_setting('app.org_id', true)))
  WITH CHECK ("id" = (SELECT current_setting('app.org_id', true)));

GRANT SELECT, INSERT, UPDATE, DELETE ON
  "two_factors", "rate_limits", "roles", "teams", "team_members", "invitations", "service_accounts", "api_keys",
  "data_keys", "secrets", "sign_on_providers"
  TO "pressroom_app";

-- The log grows and never changes, whoever asks.
GRANT SELECT, INSERT ON "audit_log" TO "pressroom_app";
CREATE TRIGGER "audit_log_immutable" BEFORE UPDATE OR DELETE ON "audit_log"
  FOR EACH ROW EXECUTE FUNCTION "refuse_update"();
CREATE TRIGGER "audit_log_untruncated" BEFORE TRUNCATE ON "audit_log"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_update"();

-- ---------------------------------------------------------------- what is known before an organisation is chosen

CREATE POLICY "system" ON "organisations" FOR SELECT TO "pressroom_system" USING (true);
CREATE POLICY "system" ON "members" FOR SELECT TO "pressroom_system" USING (true);
CREATE POLICY "system" ON "roles" FOR SELECT TO "pressroom_system" USING (true);
CREATE POLICY "system" ON "team_members" FOR SELECT TO "pressroom_system" USING (true);
CREATE POLICY "system" ON "invitations" FOR SELECT TO "pressroom_system" USING (true);
CREATE POLICY "system" ON "service_accounts" FOR SELECT TO "pressroom_system" USING (true);
CREATE POLICY "system" ON "api_keys" FOR SELECT TO "pressroom_system" USING (true);
CREATE POLICY "system" ON "sign_on_providers" FOR SELECT TO "pressroom_system" USING (true);
GRANT SELECT ("id", "name", "email") ON "users" TO "pressroom_system";
GRANT SELECT ("id", "name", "slug", "require_two_factor", "created_at") ON "organisations" TO "pressroom_system";
GRANT SELECT ON "members", "roles", "team_members", "invitations", "service_accounts", "api_keys", "sign_on_providers"
  TO "pressroom_system";

CREATE FUNCTION "system_organisations"()
  RETURNS TABLE ("id" text, "name" text, "slug" text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT o.id, o.name, o.slug FROM public.organisations o ORDER BY o.created_at, o.id
  $$;

-- Every organisation of a person, in the order in which they joined, with what they are there.
CREATE FUNCTION "system_memberships"("of_user" text)
  RETURNS SETOF jsonb
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object(
      'organisation', jsonb_build_object('id', o.id, 'name', o.name, 'requireTwoFactor', o.require_two_factor),
      'memberId', m.id,
      'role', m.role,
      'custom', CASE WHEN r.id IS NOT NULL
        THEN jsonb_build_object('name', r.name, 'permissions', to_jsonb(r.permissions)) END,
      'teamIds', (SELECT coalesce(jsonb_agg(t.team_id ORDER BY t.team_id), '[]') FROM public.team_members t
        WHERE t.organisation_id = m.organisation_id AND t.member_id = m.id))
    FROM public.members m
    JOIN public.organisations o ON o.id = m.organisation_id
    LEFT JOIN public.roles r ON r.organisation_id = m.organisation_id AND r.id = m.role
    WHERE m.user_id = of_user
    ORDER BY m.created_at, m.id
  $$;

-- The key with this hash and whom it acts for; also where it has expired or was revoked, so that the answer can say so.
CREATE FUNCTION "system_api_key"("of_hash" text)
  RETURNS jsonb
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object(
      'id', k.id,
      'name', k.name,
      'organisation', jsonb_build_object('id', o.id, 'name', o.name),
      'permissions', to_jsonb(k.permissions),
      'flowIds', CASE WHEN k.limited_to_flows THEN to_jsonb(k.flow_ids) END,
      'expired', k.expires_at IS NOT NULL AND k.expires_at <= clock_timestamp(),
      'revoked', k.revoked_at IS NOT NULL OR s.disabled_at IS NOT NULL,
      'holder', CASE WHEN s.id IS NOT NULL
        THEN jsonb_build_object('kind', 'service-account', 'id', s.id, 'name', s.name, 'email', NULL)
        ELSE jsonb_build_object('kind', 'person', 'id', u.id, 'name', u.name, 'email', u.email) END,
      'memberId', m.id,
      'role', coalesce(s.role, m.role),
      'custom', CASE WHEN r.id IS NOT NULL
        THEN jsonb_build_object('name', r.name, 'permissions', to_jsonb(r.permissions)) END,
      'teamIds', (SELECT coalesce(jsonb_agg(t.team_id ORDER BY t.team_id), '[]') FROM public.team_members t
        WHERE t.organisation_id = k.organisation_id AND t.member_id = k.member_id),
      'lastUsedAt', k.last_used_at)
    FROM public.api_keys k
    JOIN public.organisations o ON o.id = k.organisation_id
    LEFT JOIN public.service_accounts s ON s.organisation_id = k.organisation_id AND s.id = k.service_account_id
    LEFT JOIN public.members m ON m.organisation_id = k.organisation_id AND m.id = k.member_id
    LEFT JOIN public.users u ON u.id = m.user_id
    LEFT JOIN public.roles r ON r.organisation_id = k.organisation_id AND r.id = coalesce(s.role, m.role)
    WHERE k.token_hash = of_hash AND (s.id IS NOT NULL OR m.id IS NOT NULL)
  $$;

-- Which organisation an invitation's link leads to; nothing of its content, which row-level security then shows.
CREATE FUNCTION "system_invitation"("of_hash" text)
  RETURNS TABLE ("organisation_id" text, "id" text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT i.organisation_id, i.id FROM public.invitations i WHERE i.token_hash = of_hash
  $$;

CREATE FUNCTION "system_sign_on_providers"()
  RETURNS TABLE ("organisation_id" text, "id" text, "name" text, "domains" text[])
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.organisation_id, p.id, p.name, p.domains FROM public.sign_on_providers p WHERE p.enabled
    ORDER BY p.name, p.id
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
    'system_organisations()', 'system_memberships(text)', 'system_api_key(text)', 'system_invitation(text)',
    'system_sign_on_providers()']
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

-- ---------------------------------------------------------------- changes of access

-- Streams and sockets are open for hours: whoever holds one looks again, as soon as this says so, whether its reader
-- may go on. Here and not in the code that makes the changes, so that none can be forgotten. Sent at commit.
CREATE FUNCTION "notify_access"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
  BEGIN
    PERFORM pg_notify('pressroom_access', coalesce(to_jsonb(OLD), to_jsonb(NEW)) ->> TG_ARGV[0]);
    RETURN NULL;
  END
$$;

CREATE TRIGGER "access_changed" AFTER UPDATE OF "role" OR DELETE ON "members"
  FOR EACH ROW EXECUTE FUNCTION "notify_access"('organisation_id');
CREATE TRIGGER "access_changed" AFTER UPDATE OR DELETE ON "roles"
  FOR EACH ROW EXECUTE FUNCTION "notify_access"('organisation_id');
CREATE TRIGGER "access_changed" AFTER INSERT OR DELETE ON "team_members"
  FOR EACH ROW EXECUTE FUNCTION "notify_access"('organisation_id');
CREATE TRIGGER "access_changed" AFTER UPDATE OR DELETE ON "service_accounts"
  FOR EACH ROW EXECUTE FUNCTION "notify_access"('organisation_id');
CREATE TRIGGER "access_changed" AFTER UPDATE OF "revoked_at", "permissions", "flow_ids", "expires_at" OR DELETE ON "api_keys"
  FOR EACH ROW EXECUTE FUNCTION "notify_access"('organisation_id');
CREATE TRIGGER "access_changed" AFTER UPDATE OF "team_id" ON "flows"
  FOR EACH ROW WHEN (OLD."team_id" IS DISTINCT FROM NEW."team_id") EXECUTE FUNCTION "notify_access"('organisation_id');
CREATE TRIGGER "access_changed" AFTER UPDATE OF "require_two_factor" ON "organisations"
  FOR EACH ROW WHEN (OLD."require_two_factor" <> NEW."require_two_factor")
  EXECUTE FUNCTION "notify_access"('id');
CREATE TRIGGER "access_changed" AFTER UPDATE OF "two_factor_enabled" ON "users"
  FOR EACH ROW WHEN (OLD."two_factor_enabled" <> NEW."two_factor_enabled") EXECUTE FUNCTION "notify_access"('id');
CREATE TRIGGER "access_changed" AFTER UPDATE OF "active_organization_id" ON "sessions"
  FOR EACH ROW WHEN (OLD."active_organization_id" IS DISTINCT FROM NEW."active_organization_id")
  EXECUTE FUNCTION "notify_access"('user_id');
CREATE TRIGGER "session_ended" AFTER DELETE ON "sessions"
  FOR EACH ROW EXECUTE FUNCTION "notify_access"('user_id');

-- Sessions go when they end; when somebody was last here is asked for afterwards too.
CREATE FUNCTION "note_sign_in"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
  BEGIN
    UPDATE public.users SET last_sign_in_at = NEW.created_at WHERE id = NEW.user_id;
    RETURN NULL;
  END
$$;
CREATE TRIGGER "signed_in" AFTER INSERT ON "sessions" FOR EACH ROW EXECUTE FUNCTION "note_sign_in"();
