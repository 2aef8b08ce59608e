/**
 * Drafts as live documents. `flows.draft` is the same as JSON, written in the same transaction, so that whatever reads
 * flows (lists, runs, publishing) needs to know nothing of documents.
 */
import type { Flow } from '#graph'
import type { DraftSave, DraftStore } from '#run/interfaces.ts'
import { readFlow } from './flow-store.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'
import { namesOf } from './user-names.ts'

const POINTS_KEPT = 500
const POINT_EVERY_SECONDS = 60

export function createDraftStore(withOrganisation: WithOrganisation): DraftStore {
  return {
    open(organisationId, flowId, first) {
      return withOrganisation(organisationId, async (tx) => {
        const where = { organisationId_flowId: { organisationId, flowId } }
        const flow = await findFlow(tx, flowId)
        if (!flow) return null
        const there = await tx.flowDraft.findUnique({ where })
        if (there) return { state: there.state, revision: there.revision }
        const state = bytes(first(readFlow(flow.draft, flowId)))
        // Another process may open it at once: the document of whoever comes first is everybody's.
        const data = { organisationId, flowId, state, savedAt: flow.updatedAt }
        await tx.flowDraft.createMany({ data, skipDuplicates: true })
        const made = await tx.flowDraft.findUniqueOrThrow({ where })
        return { state: made.state, revision: made.revision }
      })
    },

    has(organisationId, flowId) {
      return withOrganisation(organisationId, async (tx) => {
        return (await tx.flow.count({ where: { id: flowId, removedAt: null } })) > 0
      })
    },

    save(organisationId, flowId, draft) {
      return withOrganisation(organisationId, (tx) => save(tx, flowId, draft))
    },

    points(organisationId, flowId) {
      return withOrganisation(organisationId, async (tx) => {
        if (!(await findFlow(tx, flowId))) return null
        const rows = await tx.flowDraftPoint.findMany({
          where: { flowId },
          orderBy: { number: 'desc' },
          omit: { document: true },
        })
        const names = await namesOf(
          tx,
          rows.map((row) => row.authorId),
        )
        return rows.map(({ number, at, authorId }) => ({
          number,
          at: at.toISOString(),
          authorName: names.get(authorId) ?? null,
        }))
      })
    },

    point(organisationId, flowId, number) {
      return withOrganisation(organisationId, async (tx) => {
        const where = { flowId, number, flow: { removedAt: null } }
        const row = await tx.flowDraftPoint.findFirst({ where })
        return row && readFlow(row.document, flowId)
      })
    },
  }
}

const findFlow = (tx: OrganisationTx, flowId: string) =>
  tx.flow.findUnique({ where: { id: flowId, removedAt: null }, select: { draft: true, updatedAt: true } })

async function save(
  tx: OrganisationTx,
  flowId: string,
  { state, flow, revision, authorId, keepPoint = false }: DraftSave,
): Promise<number | null> {
  const saved = await tx.$queryRaw<{ revision: number }[]>`
    SELECT revision FROM flow_drafts WHERE flow_id = ${flowId} FOR UPDATE`
  if (saved[0]?.revision !== revision) return null
  await insertPoint(tx, flowId, flow, keepPoint)
  await tx.$executeRaw`
    UPDATE flow_drafts SET state = ${bytes(state)}, revision = revision + 1, author_id = ${authorId},
      saved_at = clock_timestamp()
    WHERE flow_id = ${flowId}`
  const { name, description } = flow
  await tx.flow.update({ where: { id: flowId }, data: { draft: flow, name, description } })
  return revision + 1
}

/** A point is what is about to be written over: so the last state of yesterday is kept, however short the visit was. */
async function insertPoint(tx: OrganisationTx, flowId: string, next: Flow, keepPoint: boolean) {
  const inserted = await tx.$queryRaw<{ number: number }[]>`
    INSERT INTO flow_draft_points (organisation_id, flow_id, number, author_id, at, document)
    SELECT f.organisation_id, f.id, coalesce(last.number, 0) + 1, d.author_id, d.saved_at, f.draft
    FROM flows f
    JOIN flow_drafts d ON d.flow_id = f.id
    LEFT JOIN LATERAL (
      SELECT number, created_at, document FROM flow_draft_points WHERE flow_id = f.id ORDER BY number DESC LIMIT 1
    ) AS last ON true
    WHERE f.id = ${flowId}
      AND f.draft <> ${JSON.stringify(next)}::jsonb
      AND f.draft IS DISTINCT FROM last.document
      AND (${keepPoint} OR last.number IS NULL
        OR last.created_at <= clock_timestamp() - make_interval(secs => ${POINT_EVERY_SECONDS}))
    RETURNING number`
  const number = inserted[0]?.number
  if (number === undefined || number <= POINTS_KEPT) return
  await tx.flowDraftPoint.deleteMany({ where: { flowId, number: { lte: number - POINTS_KEPT } } })
}

/** Prisma takes bytes that are backed by an `ArrayBuffer`, which a `Uint8Array` of elsewhere need not be. */
const bytes = (state: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(state)
