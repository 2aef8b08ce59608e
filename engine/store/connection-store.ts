import { z } from 'zod'
import type { ConnectionStore } from '#access'
import { CONNECTION_KIND_NAMES, type ConnectionSettings, DESTINATIONS, PressroomError } from '#graph'
import { nameTaken, notFound } from './access-errors.ts'
import { appendAudit } from './audit-chain.ts'
import { type Connection, Prisma } from './generated/client.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'

export function createConnectionStore(withOrganisation: WithOrganisation): ConnectionStore {
  return {
    list: (organisationId) =>
      withOrganisation(organisationId, async (tx) => {
        const rows = await tx.connection.findMany({
          orderBy: [{ name: 'asc' }, { id: 'asc' }],
          include: { secret: { select: { id: true, name: true } } },
        })
        const users = await usersOf(tx, null)
        return rows.map((row) => ({
          id: row.id,
          ...settingsOf(row),
          secret: row.secret,
          updatedAt: row.updatedAt.toISOString(),
          usedBy: users.get(row.id) ?? [],
        }))
      }),

    get: (organisationId, id) =>
      withOrganisation(organisationId, async (tx) => {
        const row = await tx.connection.findFirst({
          where: { id },
          include: { secret: { select: { updatedAt: true } } },
        })
        if (!row) return null
        const version = `${row.updatedAt.getTime()} ${row.secret?.updatedAt.getTime() ?? ''}`
        return { id, ...settingsOf(row), secretId: row.secretId, version }
      }),

    create: (acting, { id, secretId, ...connection }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        await checkSecret(tx, secretId)
        const data = { organisationId: acting.organisationId, id, secretId, ...connection }
        await unlessTaken(connection.name, () => tx.connection.create({ data }))
        await appendAudit(tx, acting, {
          ...entry('create', id, connection.name),
          after: { ...connection, secretId },
        })
        return { id }
      }),

    update: (acting, { id, secretId, ...connection }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        await tx.$queryRaw`SELECT 1 FROM connections WHERE id = ${id} FOR UPDATE`
        const row = await tx.connection.findFirst({ where: { id } })
        if (!row) return false
        await checkSecret(tx, secretId)
        await unlessTaken(connection.name, () =>
          tx.connection.updateMany({ where: { id }, data: { secretId, ...connection } }),
        )
        await tx.modelConfiguration.updateMany({
          where: { connectionId: id },
          data: { local: connection.destination === 'internal' },
        })
        await appendAudit(tx, acting, {
          ...entry('update', id, connection.name),
          before: { ...settingsOf(row), secretId: row.secretId },
          after: { kind: row.kind, ...connection, secretId },
        })
        return true
      }),

    remove: (acting, id) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const row = await tx.connection.findFirst({ where: { id } })
        if (!row) return false
        const users = (await usersOf(tx, id)).get(id)
        if (users) throw inUse(row.name, users)
        await tx.connection.deleteMany({ where: { id } })
        await appendAudit(tx, acting, { ...entry('remove', id, row.name), before: settingsOf(row) })
        return true
      }),
  }
}

const kindSchema = z.enum(CONNECTION_KIND_NAMES)
const destinationSchema = z.enum(DESTINATIONS)
const settingsSchema = z.record(z.string(), z.json())

const settingsOf = (row: Connection): ConnectionSettings => ({
  kind: kindSchema.parse(row.kind),
  name: row.name,
  baseUrl: row.baseUrl,
  destination: destinationSchema.parse(row.destination),
  reachesPrivate: row.reachesPrivate,
  settings: settingsSchema.parse(row.settings),
})

/** Names of what refers to connections, by connection: models, and flows as they are drafted or published. */
async function usersOf(tx: OrganisationTx, id: string | null): Promise<Map<string, string[]>> {
  const rows = await tx.$queryRaw<{ id: string; name: string }[]>`
    SELECT c.id, u.name FROM connections c CROSS JOIN LATERAL (
      SELECT label AS name FROM model_configurations WHERE connection_id = c.id
      UNION
      SELECT f.name FROM flows f LEFT JOIN flow_versions v ON v.id = f.published_id
      WHERE f.removed_at IS NULL AND strpos(concat(f.draft, v.document), concat('"', c.id, '"')) > 0) AS u
    WHERE ${id}::text IS NULL OR c.id = ${id}
    ORDER BY u.name`
  const users = new Map<string, string[]>()
  for (const row of rows) users.set(row.id, [...(users.get(row.id) ?? []), row.name])
  return users
}

async function unlessTaken(name: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write()
  } catch (error) {
    throw error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
      ? nameTaken('connection', name)
      : error
  }
}

async function checkSecret(tx: OrganisationTx, id: string | null): Promise<void> {
  if (id !== null && !(await tx.secret.findFirst({ where: { id }, select: { id: true } })))
    throw notFound('secret', id)
}

const entry = (verb: string, id: string, name: string) =>
  ({ action: `connections.${verb}`, target: { kind: 'connection', id, name }, outcome: 'done' }) as const

const inUse = (name: string, users: string[]) =>
  new PressroomError({
    code: 'conflict.connection_in_use',
    message: `The connection "${name}" is used by ${users.join(', ')}.`,
    fix: 'Give them another connection first.',
    facts: { users },
  })
