import { type SignOnProvider, type SignOnSettings, type SignOnStore, refuseRoleChange } from '#access'
import { notFound } from './access-errors.ts'
import { appendAudit } from './audit-chain.ts'
import type { PrismaClient } from './generated/client.ts'
import { roleIn } from './role-rows.ts'
import { personFor } from './sign-on-people.ts'
import type { WithOrganisation } from './tenancy.ts'

export function createSignOnStore(prisma: PrismaClient, withOrganisation: WithOrganisation): SignOnStore {
  const offered = () =>
    prisma.$queryRaw<{ id: string; name: string; organisationId: string }[]>`
      SELECT id, name, organisation_id AS "organisationId" FROM system_sign_on_providers()`

  return {
    list: (organisationId) =>
      withOrganisation(organisationId, async (tx) => {
        const rows = await tx.signOnProvider.findMany({ orderBy: [{ name: 'asc' }, { id: 'asc' }] })
        return rows.map((row) => ({ id: row.id, ...settingsOf(row) }))
      }),

    create: (acting, by, { id, secretId, ...given }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const settings = settingsOf(given)
        refuseRoleChange(by, null, await roleIn(tx, settings.defaultRole))
        const { organisationId } = acting
        await tx.signOnProvider.create({ data: { organisationId, id, secretId, ...settings } })
        await appendAudit(tx, acting, { ...entry('create', id, settings.name), after: settings })
        return { id, ...settings }
      }),

    update: (acting, by, { id, ...given }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        await tx.$queryRaw`SELECT 1 FROM sign_on_providers WHERE id = ${id} FOR UPDATE`
        const row = await tx.signOnProvider.findFirst({ where: { id } })
        if (!row) return null
        const [before, after] = [settingsOf(row), settingsOf(given)]
        if (before.defaultRole !== after.defaultRole) {
          refuseRoleChange(by, null, await roleIn(tx, after.defaultRole))
        }
        // People are known by the ids that an issuer gives them: with another issuer they are others.
        if (before.issuer !== after.issuer)
          await tx.account.deleteMany({ where: { providerId: accountsOf(id) } })
        await tx.signOnProvider.updateMany({ where: { id }, data: after })
        await appendAudit(tx, acting, { ...entry('update', id, after.name), before, after })
        return { id, ...after }
      }),

    remove: (acting, id) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const row = await tx.signOnProvider.findFirst({ where: { id } })
        if (!row) return null
        await tx.account.deleteMany({ where: { providerId: accountsOf(id) } })
        await tx.signOnProvider.deleteMany({ where: { id } })
        await appendAudit(tx, acting, { ...entry('remove', id, row.name), before: settingsOf(row) })
        return { secretId: row.secretId }
      }),

    offered: async () => (await offered()).map(({ id, name }) => ({ id, name })),

    async find(id) {
      const organisationId = (await offered()).find((each) => each.id === id)?.organisationId
      if (organisationId === undefined) return null
      return withOrganisation(organisationId, async (tx) => {
        const row = await tx.signOnProvider.findFirst({ where: { id, enabled: true } })
        return row && { id, organisationId, secretId: row.secretId, ...settingsOf(row) }
      })
    },

    secretOf: (organisationId, id) =>
      withOrganisation(organisationId, async (tx) => {
        const row = await tx.signOnProvider.findFirst({ where: { id }, select: { secretId: true } })
        return row?.secretId ?? null
      }),

    enter: (provider, claims, signedInAs, request) =>
      withOrganisation(provider.organisationId, async (tx) => {
        const { id, name, how } = await personFor(tx, provider, accountsOf(provider.id), claims, signedInAs)
        const actor = { kind: 'person', id, name } as const
        await appendAudit(
          tx,
          { organisationId: provider.organisationId, actor, ...request },
          {
            action: 'signOn.enter',
            target: { kind: 'signOn', id: provider.id, name: provider.name },
            outcome: 'done',
            after: { how },
          },
        )
        return { userId: id }
      }),

    requireTwoFactor: (acting, required) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const id = acting.organisationId
        const before = await tx.organisation.findUnique({ where: { id } })
        if (!before) throw notFound('organisation', id)
        await tx.organisation.update({ where: { id }, data: { requireTwoFactor: required } })
        await appendAudit(tx, acting, {
          action: 'signOn.requireTwoFactor',
          target: { kind: 'organisation', id, name: before.name },
          outcome: 'done',
          before: { required: before.requireTwoFactor },
          after: { required },
        })
      }),
  }
}

/** better-auth's name for accounts of this provider. */
const accountsOf = (id: string) => `sign-on:${id}`

const settingsOf = (row: SignOnSettings | SignOnProvider): SignOnSettings => ({
  name: row.name,
  issuer: row.issuer,
  clientId: row.clientId,
  domains: row.domains.map((domain) => domain.toLowerCase()),
  defaultRole: row.defaultRole,
  enabled: row.enabled,
})

const entry = (verb: string, id: string, name: string) =>
  ({ action: `signOn.${verb}`, target: { kind: 'signOn', id, name }, outcome: 'done' }) as const
