import { randomUUID } from 'node:crypto'
import { flowSchema, PressroomError, type Flow } from '#graph'
import type { FlowDetail, FlowStore, FlowSummary, PublishedVersion } from '#run/interfaces.ts'
import { contentHash } from './content-hash.ts'
import { bringBack, insertFlow, removeFlow } from './flow-rows.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'
import { namesOf } from './user-names.ts'

const withPublished = { published: true } as const

type FlowRow = NonNullable<Awaited<ReturnType<typeof findFlow>>>

export function createFlowStore(withOrganisation: WithOrganisation): FlowStore {
  return {
    list(organisationId) {
      return withOrganisation(organisationId, async (tx) => {
        const rows = await tx.flow.findMany({
          where: { removedAt: null },
          orderBy: [{ updatedAt: 'desc' }, { id: 'asc' }],
          omit: { draft: true },
          include: { published: { select: { number: true } } },
        })
        return rows.map(summaryOf)
      })
    },

    get(organisationId, idOrSlug) {
      return withOrganisation(organisationId, async (tx) => {
        const row = await findFlow(tx, idOrSlug)
        return row && detailOf(row)
      })
    },

    fromTemplate(organisationId, template) {
      return withOrganisation(organisationId, async (tx) => {
        const there = await findCopy(tx, template.id)
        if (there) return detailOf(there)
        await insertCopy(tx, organisationId, template)
        const made = await findCopy(tx, template.id)
        if (!made) throw slugTaken(template.id)
        return detailOf(made)
      })
    },

    create(organisationId, flow, reserved) {
      return withOrganisation(organisationId, async (tx) =>
        detailOf(await insertFlow(tx, organisationId, flow, reserved)),
      )
    },

    remove(organisationId, flowId) {
      return withOrganisation(organisationId, (tx) => removeFlow(tx, flowId))
    },

    restore(organisationId, flowId) {
      return withOrganisation(organisationId, async (tx) => {
        await bringBack(tx, flowId)
        const row = await tx.flow.findUnique({
          where: { id: flowId, removedAt: null },
          include: withPublished,
        })
        return row && detailOf(row)
      })
    },

    versions(organisationId, flowId) {
      return withOrganisation(organisationId, async (tx) => {
        if (!(await tx.flow.findUnique({ where: { id: flowId, removedAt: null }, select: { id: true } })))
          return null
        const rows = await tx.flowVersion.findMany({
          where: { flowId },
          orderBy: { number: 'desc' },
          omit: { document: true },
        })
        const names = await namesOf(
          tx,
          rows.map((row) => row.createdBy),
        )
        return rows.map((row) => ({ ...versionOf(row), createdByName: names.get(row.createdBy) ?? null }))
      })
    },

    publish(organisationId, flowId, message, by) {
      return withOrganisation(organisationId, async (tx) => {
        // The lock gives two people who publish at once two numbers, or one version if their drafts are the same.
        await tx.$queryRaw`SELECT 1 FROM flows WHERE id = ${flowId} FOR UPDATE`
        const row = await tx.flow.findUnique({
          where: { id: flowId, removedAt: null },
          include: withPublished,
        })
        if (!row) throw notFound(flowId)
        const document = readFlow(row.draft, flowId)
        const hash = contentHash(document)
        if (row.published?.contentHash === hash) return versionOf(row.published)
        const last = await tx.flowVersion.aggregate({ where: { flowId }, _max: { number: true } })
        const version = await tx.flowVersion.create({
          data: {
            id: randomUUID(),
            organisationId,
            flowId,
            number: (last._max.number ?? 0) + 1,
            contentHash: hash,
            document,
            message,
            createdBy: by,
          },
        })
        await tx.flow.update({ where: { id: flowId }, data: { publishedId: version.id } })
        return versionOf(version)
      })
    },

    version(organisationId, versionId) {
      return withOrganisation(organisationId, async (tx) => {
        const row = await tx.flowVersion.findUnique({ where: { id: versionId, flow: { removedAt: null } } })
        return row && { id: row.id, flowId: row.flowId, flow: readFlow(row.document, row.flowId) }
      })
    },
  }
}

async function findFlow(tx: OrganisationTx, idOrSlug: string) {
  const rows = await tx.flow.findMany({
    where: { OR: [{ id: idOrSlug }, { slug: idOrSlug }], removedAt: null },
    include: withPublished,
  })
  return rows.find((row) => row.id === idOrSlug) ?? rows[0] ?? null
}

const findCopy = (tx: OrganisationTx, template: string) =>
  tx.flow.findFirst({
    where: { template, removedAt: null },
    orderBy: { createdAt: 'asc' },
    include: withPublished,
  })

/** Two people may open the same template at once: the second insert finds the first one's row and does nothing. */
async function insertCopy(tx: OrganisationTx, organisationId: string, template: { id: string; flow: Flow }) {
  await tx.flow.createMany({
    skipDuplicates: true,
    data: {
      id: randomUUID(),
      organisationId,
      slug: template.id,
      name: template.flow.name,
      description: template.flow.description,
      template: template.id,
      draft: template.flow,
    },
  })
}

export function readFlow(stored: unknown, flowId: string): Flow {
  const flow = flowSchema.safeParse(stored)
  if (flow.success) return flow.data
  const [issue] = flow.error.issues
  throw new PressroomError(
    {
      code: 'flow.unreadable',
      message: `The saved flow can't be read: ${issue?.path.join('.')}: ${issue?.message}`,
      fix: 'Restore the flow from a published version or an export.',
      facts: { flowId, issues: flow.error.issues },
    },
    flow.error,
  )
}

function summaryOf(
  row: Omit<FlowRow, 'draft' | 'published'> & { published: { number: number } | null },
): FlowSummary {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    template: row.template,
    teamId: row.teamId,
    publishedNumber: row.published?.number ?? null,
    updatedAt: row.updatedAt.toISOString(),
  }
}

const detailOf = (row: FlowRow): FlowDetail => ({
  ...summaryOf(row),
  draft: readFlow(row.draft, row.id),
  published: row.published && versionOf(row.published),
})

const versionOf = (row: Omit<NonNullable<FlowRow['published']>, 'document'>): PublishedVersion => ({
  id: row.id,
  number: row.number,
  contentHash: row.contentHash,
  message: row.message,
  createdAt: row.createdAt.toISOString(),
})

const notFound = (flowId: string) =>
  new PressroomError({
    code: 'flow.not_found',
    message: 'There is no such flow.',
    fix: 'Open the list of flows and choose one that is there.',
    facts: { flowId },
  })

const slugTaken = (slug: string) =>
  new PressroomError({
    code: 'flow.slug_taken',
    message: `Another flow is already called "${slug}".`,
    fix: 'Rename that flow, then open the template again.',
    facts: { slug },
  })
