-- Drafts become live documents that many people edit at once, with a history. A removed flow can be brought back.

ALTER TABLE "flows" ADD COLUMN "removed_at" TIMESTAMPTZ(3);

CREATE TABLE "flow_drafts" (
    "organisation_id" TEXT NOT NULL,
    "flow_id" TEXT NOT NULL,
    "state" BYTEA NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "author_id" TEXT,
    "saved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "flow_drafts_pkey" PRIMARY KEY ("organisation_id","flow_id")
);

CREATE TABLE "flow_draft_points" (
    "organisation_id" TEXT NOT NULL,
    "flow_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "author_id" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "document" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "flow_draft_points_pkey" PRIMARY KEY ("flow_id","number")
);

ALTER TABLE "flow_drafts" ADD CONSTRAINT "flow_drafts_organisation_id_flow_id_fkey" FOREIGN KEY ("organisation_id", "flow_id") REFERENCES "flows"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "flow_draft_points" ADD CONSTRAINT "flow_draft_points_organisation_id_flow_id_fkey" FOREIGN KEY ("organisation_id", "flow_id") REFERENCES "flows"("organisation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['flow_drafts', 'flow_draft_points']
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

GRANT SELECT, INSERT, UPDATE, DELETE ON "flow_drafts" TO "pressroom_app";
-- Points of the history are never overwritten; the oldest go when there are too many.
GRANT SELECT, INSERT, DELETE ON "flow_draft_points" TO "pressroom_app";
