import { randomUUID } from 'node:crypto'
import type { SecretSummary, Secrets } from '#access'
import { PressroomError } from '#graph'
import { appendAudit } from './audit-chain.ts'
import { Prisma } from './generated/client.ts'
import { type Keyring, open, seal } from './sealing.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'
import { namesOf } from './user-names.ts'

/** S1: where a data key and a secret belong. */
export const keyLabel = (organisationId: string, version: number) => `data key ${organisationId} ${version}`
export const secretLabel = (organisationId: string, id: string, version: number) =>
  `secret ${organisationId} ${id} ${version}`

export function createSecretStore(
  withOrganisation: WithOrganisation,
  keyring: Keyring,
  /** Hears of every value that leaves the store, so that it can be kept out of logs. */
  opened: (value: string) => void = () => {},
): Secrets {
  /** Seals with the organisation's newest data key, which is made with its first secret. */
  async function sealed(tx: OrganisationTx, organisationId: string, id: string, value: string) {
    const { version, key } = await newestKey(tx, organisationId, keyring)
    return {
      keyVersion: version,
      sealed: bytes(seal(key, Buffer.from(value), secretLabel(organisationId, id, version))),
    }
  }

  return {
    list: (organisationId) =>
      withOrganisation(organisationId, async (tx) => {
        const rows = await tx.secret.findMany({ orderBy: { name: 'asc' }, omit: { sealed: true } })
        const names = await namesOf(
          tx,
          rows.map((row) => row.updatedBy),
        )
        return rows.map((row): SecretSummary => ({
          id: row.id,
          name: row.name,
          updatedAt: row.updatedAt.toISOString(),
          updatedByName: names.get(row.updatedBy) ?? null,
        }))
      }),

    create: (acting, { name, value }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const { organisationId } = acting
        const id = randomUUID()
        const row = { organisationId, id, name, updatedBy: acting.actor.id }
        try {
          await tx.secret.create({ data: { ...row, ...(await sealed(tx, organisationId, id, value)) } })
        } catch (error) {
          throw isTaken(error) ? nameTaken(name) : error
        }
        await appendAudit(tx, acting, entryOf('secrets.create', { id, name }))
        return { id }
      }),

    replace: (acting, { id, value }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const { organisationId } = acting
        const found = await tx.secret.findFirst({ where: { id }, select: { id: true, name: true } })
        if (!found) return false
        await tx.secret.update({
          where: { organisationId_id: { organisationId, id } },
          data: { updatedBy: acting.actor.id, ...(await sealed(tx, organisationId, id, value)) },
        })
        await appendAudit(tx, acting, entryOf('secrets.replace', found))
        return true
      }),

    remove: (acting, id) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const found = await tx.secret.findFirst({
          where: { id },
          select: {
            id: true,
            name: true,
            signOnProviders: { select: { name: true } },
            triggers: { select: { name: true } },
            connections: { select: { name: true } },
            noticeChannels: { select: { kind: true } },
          },
        })
        if (!found) return false
        const notices = found.noticeChannels.map(({ kind }) => ({ name: `notices by ${kind}` }))
        const users = [...found.signOnProviders, ...found.triggers, ...found.connections, ...notices].map(
          ({ name }) => name,
        )
        if (users.length > 0) throw inUse(found.name, users)
        await tx.secret.delete({
          where: { organisationId_id: { organisationId: acting.organisationId, id } },
        })
        await appendAudit(tx, acting, entryOf('secrets.remove', found))
        return true
      }),

    open: (organisationId, id) =>
      withOrganisation(organisationId, async (tx) => {
        const found = await tx.secret.findFirst({ where: { id }, include: { dataKey: true } })
        if (!found) throw missing(id)
        const { dataKey, keyVersion } = found
        const key = keyring.unwrap(rowOf(dataKey), keyLabel(organisationId, keyVersion))
        const value = open(key, found.sealed, secretLabel(organisationId, id, keyVersion)).toString()
        opened(value)
        return value
      }),
  }
}

const entryOf = (action: string, { id, name }: { id: string; name: string }) => ({
  action,
  target: { kind: 'secret', id, name },
  outcome: 'done' as const,
})

async function newestKey(tx: OrganisationTx, organisationId: string, keyring: Keyring) {
  // Two first secrets at once must not make two first keys.
  await tx.$queryRaw`SELECT FROM organisations WHERE id = ${organisationId} FOR NO KEY UPDATE`
  const newest = await tx.dataKey.findFirst({ orderBy: { version: 'desc' } })
  if (newest) {
    const { version } = newest
    return { version, key: keyring.unwrap(rowOf(newest), keyLabel(organisationId, version)) }
  }
  const { key, wrapped, wrappedBy } = keyring.newDataKey(keyLabel(organisationId, 1))
  await tx.dataKey.create({ data: { organisationId, version: 1, wrapped: bytes(wrapped), wrappedBy } })
  return { version: 1, key }
}

export const rowOf = ({ wrapped, wrappedBy }: { wrapped: Uint8Array; wrappedBy: string }) => ({
  wrapped: Buffer.from(wrapped),
  wrappedBy,
})

export const bytes = (buffer: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(buffer)

const isTaken = (error: unknown) =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'

const nameTaken = (name: string) =>
  new PressroomError({
    code: 'conflict.secret_name',
    message: `There is a secret named "${name}" already.`,
    fix: 'Replace its value, or choose another name.',
  })

const inUse = (name: string, users: string[]) =>
  new PressroomError({
    code: 'conflict.secret_in_use',
    message: `The secret "${name}" is used by ${users.join(', ')}.`,
    fix: 'Give them another secret first, or replace the value of this one.',
    facts: { users },
  })

const missing = (id: string) =>
  new PressroomError({
    code: 'not_found.secret',
    message: 'The secret that is needed here was removed.',
    fix: 'Choose another secret, or store it again.',
    facts: { id },
  })
