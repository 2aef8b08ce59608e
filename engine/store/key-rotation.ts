/**
 * Changing keys. What is left to do shows in the rows themselves, so that a rotation that was interrupted anywhere is
 * finished by the next one: secrets under an old data key, data keys that nothing uses, data keys under an old master.
 */
import type { Acting, KeyRotation } from '#access'
import { appendAudit } from './audit-chain.ts'
import { type Keyring, open, seal } from './sealing.ts'
import { bytes, keyLabel, rowOf, secretLabel } from './secret-store.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'

const BATCH = 100

export function createKeyRotation(withOrganisation: WithOrganisation, keyring: Keyring): KeyRotation {
  const keyOf = async (tx: OrganisationTx, organisationId: string, version: number): Promise<Buffer> => {
    const where = { organisationId_version: { organisationId, version } }
    const row = await tx.dataKey.findUniqueOrThrow({ where })
    return keyring.unwrap(rowOf(row), keyLabel(organisationId, version))
  }

  /** Under the organisation's lock, so that nothing is sealed with the old key meanwhile. */
  const addKey = (acting: Acting): Promise<number> =>
    withOrganisation(acting.organisationId, async (tx) => {
      const { organisationId } = acting
      await tx.$queryRaw`SELECT FROM organisations WHERE id = ${organisationId} FOR NO KEY UPDATE`
      const { _max: max } = await tx.dataKey.aggregate({ _max: { version: true } })
      const version = (max.version ?? 0) + 1
      const { wrapped, wrappedBy } = keyring.newDataKey(keyLabel(organisationId, version))
      await tx.dataKey.create({ data: { organisationId, version, wrapped: bytes(wrapped), wrappedBy } })
      await appendAudit(tx, acting, {
        action: 'secrets.rotate',
        target: { kind: 'data key', id: String(version) },
        outcome: 'done',
      })
      return version
    })

  /** How many were sealed anew; 0 when all are. */
  const resealSome = (organisationId: string, newest: number): Promise<number> =>
    withOrganisation(organisationId, async (tx) => {
      const rows = await tx.$queryRaw<{ id: string; keyVersion: number; sealed: Uint8Array }[]>`
        SELECT id, key_version AS "keyVersion", sealed FROM secrets WHERE key_version < ${newest}
        ORDER BY id LIMIT ${BATCH} FOR UPDATE`
      const key = await keyOf(tx, organisationId, newest)
      for (const { id, keyVersion, sealed } of rows) {
        const old = await keyOf(tx, organisationId, keyVersion)
        const plain = open(old, sealed, secretLabel(organisationId, id, keyVersion))
        await tx.secret.update({
          where: { organisationId_id: { organisationId, id } },
          data: {
            keyVersion: newest,
            sealed: bytes(seal(key, plain, secretLabel(organisationId, id, newest))),
          },
        })
      }
      return rows.length
    })

  const dropUnused = (organisationId: string, newest: number) =>
    withOrganisation(organisationId, (tx) =>
      tx.dataKey.deleteMany({ where: { version: { lt: newest }, secrets: { none: {} } } }),
    )

  return {
    async rotate(acting) {
      const newest = await addKey(acting)
      let secrets = 0
      for (let some = 1; some > 0; secrets += some) some = await resealSome(acting.organisationId, newest)
      await dropUnused(acting.organisationId, newest)
      return { version: newest, secrets }
    },

    rewrap: (acting) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const { organisationId } = acting
        const rows = await tx.dataKey.findMany({ where: { wrappedBy: { not: keyring.current } } })
        for (const row of rows) {
          const { wrapped, wrappedBy } = keyring.rewrap(rowOf(row), keyLabel(organisationId, row.version))
          await tx.dataKey.update({
            where: { organisationId_version: { organisationId, version: row.version } },
            data: { wrapped: bytes(wrapped), wrappedBy },
          })
        }
        if (rows.length > 0)
          await appendAudit(tx, acting, { action: 'secrets.rewrap', target: null, outcome: 'done' })
        return { keys: rows.length }
      }),
  }
}
