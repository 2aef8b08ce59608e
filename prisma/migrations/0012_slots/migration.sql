-- R8: how many model calls may be under way at a time, over all runs and processes of an organisation.

-- What a step takes a place of while it runs: `calls`, and `model:ID` for each model configuration it speaks through.
-- AlterTable
ALTER TABLE "steps" ADD COLUMN     "holds" TEXT[] DEFAULT ARRAY[]::TEXT[];

CREATE INDEX "steps_holding_idx" ON "steps" ("organisation_id", "status")
  WHERE "holds" <> '{}' AND "status" IN ('ready', 'running');

-- CreateTable
CREATE TABLE "slot_limits" (
    "organisation_id" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "most" INTEGER NOT NULL,

    CONSTRAINT "slot_limits_pkey" PRIMARY KEY ("organisation_id","resource")
);

-- AddForeignKey
ALTER TABLE "slot_limits" ADD CONSTRAINT "slot_limits_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "slot_limits" ADD CONSTRAINT "slot_limits_most_check" CHECK ("most" > 0);

ALTER TABLE "slot_limits" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "slot_limits" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "slot_limits"
  USING ("organisation_id" = (SELECT current_setting('app.org_id', true)))
  WITH CHECK ("organisation_id" = (SELECT current_setting('app.org_id', true)));
GRANT SELECT, INSERT, UPDATE, DELETE ON "slot_limits" TO "pressroom_app";
