-- Connections to other systems, the models behind them, and what models cost.

-- CreateTable
CREATE TABLE "connections" (
    "organisation_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "base_url" TEXT NOT NULL,
    "secret_id" TEXT,
    "settings" JSONB NOT NULL,
    "destination" TEXT NOT NULL,
    "reaches_private" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connections_pkey" PRIMARY KEY ("organisation_id","id")
);

-- CreateTable
CREATE TABLE "model_prices" (
    "organisation_id" TEXT NOT NULL,
    "pattern" TEXT NOT NULL,
    "input_micros" BIGINT NOT NULL,
    "output_micros" BIGINT NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "model_prices_pkey" PRIMARY KEY ("organisation_id","pattern")
);

-- AlterTable
ALTER TABLE "model_configurations" ADD COLUMN "connection_id" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "connections_organisation_id_name_key" ON "connections"("organisation_id", "name");

-- AddForeignKey
ALTER TABLE "connections" ADD CONSTRAINT "connections_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connections" ADD CONSTRAINT "connections_organisation_id_secret_id_fkey" FOREIGN KEY ("organisation_id", "secret_id") REFERENCES "secrets"("organisation_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_prices" ADD CONSTRAINT "model_prices_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_configurations" ADD CONSTRAINT "model_configurations_organisation_id_connection_id_fkey" FOREIGN KEY ("organisation_id", "connection_id") REFERENCES "connections"("organisation_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ================================================================ part 2: tenancy

ALTER TABLE "connections" ADD CONSTRAINT "connections_destination_check" CHECK ("destination" IN ('internal', 'external'));

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['connections', 'model_prices']
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
GRANT SELECT, INSERT, UPDATE, DELETE ON "connections", "model_prices" TO "pressroom_app";
