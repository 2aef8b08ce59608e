/** Rows of flows: how they come, go and come back. A slug is an address of a flow, so no two flows share one. */
import { randomUUID } from 'node:crypto'
import { PressroomError, type Flow } from '#graph'
import { numbered, slugOf } from './slug.ts'
import type { OrganisationTx } from './tenancy.ts'

/** Sets a removed flow's slug apart, so that its address is free; no slug of a flow in use has one. */
const APART = '~'
/** Other people take slugs at the same time; each attempt sees theirs. */
const ATTEMPTS = 5

export async function insertFlow(
  tx: OrganisationTx,
  organisationId: string,
  flow: Flow,
  reserved: readonly string[],
) {
  const id = randomUUID()
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const slug = await freeSlug(tx, slugOf(flow.name, 'flow'), reserved)
    const { name, description } = flow
    const data = { id, organisationId, slug, name, description, draft: flow }
    const { count } = await tx.flow.createMany({ data, skipDuplicates: true })
    if (count === 1) return tx.flow.findUniqueOrThrow({ where: { id }, include: { published: true } })
  }
  throw new PressroomError({
    code: 'conflict.slug',
    message: `No address could be found for "${flow.name}".`,
    fix: 'Try again, or give it another name.',
    retryable: true,
    facts: { name: flow.name },
  })
}

export async function removeFlow(tx: OrganisationTx, flowId: string): Promise<boolean> {
  const removed = await tx.$executeRaw`
    UPDATE flows SET removed_at = clock_timestamp(), slug = slug || ${APART} || id
    WHERE id = ${flowId} AND removed_at IS NULL`
  return removed === 1
}

/** Does nothing for a flow that is not removed. */
export async function bringBack(tx: OrganisationTx, flowId: string): Promise<void> {
  const row = await tx.flow.findUnique({ where: { id: flowId, removedAt: { not: null } } })
  if (!row) return
  const slug = await freeSlug(tx, row.slug.split(APART)[0] ?? row.slug, [])
  await tx.flow.updateMany({
    where: { id: flowId, removedAt: { not: null } },
    data: { removedAt: null, slug },
  })
}

async function freeSlug(tx: OrganisationTx, wanted: string, reserved: readonly string[]): Promise<string> {
  const like = await tx.flow.findMany({ where: { slug: { startsWith: wanted } }, select: { slug: true } })
  return numbered(wanted, new Set([...reserved, ...like.map(({ slug }) => slug)]))
}
