import { randomUUID } from 'node:crypto'
import type { ModelChoice, ModelStore } from '#access'
import { type ModelConfiguration, PressroomError } from '#graph'
import { notFound } from './access-errors.ts'
import { appendAudit } from './audit-chain.ts'
import type { ModelConfiguration as Row } from './generated/client.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'

const AUTOMATIC = {
  provider: 'auto',
  connectionId: null,
  model: 'auto',
  label: 'Best local model',
  local: true,
}

export function createModelStore(withOrganisation: WithOrganisation): ModelStore {
  return {
    create: (acting, choice) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const data = {
          id: randomUUID(),
          organisationId: acting.organisationId,
          ...(await chosen(tx, choice)),
        }
        const last = await tx.modelConfiguration.aggregate({ _max: { position: true } })
        const row = await tx.modelConfiguration.create({
          data: { ...data, position: (last._max.position ?? 0) + 1 },
        })
        await appendAudit(tx, acting, { ...entry('create', row), after: { ...choice } })
        return configurationOf(row)
      }),

    update: (acting, { id, ...choice }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const before = await tx.modelConfiguration.findFirst({ where: { id } })
        if (!before) return null
        if (isShipped(before)) throw shipped(before.label)
        const after = { ...before, ...(await chosen(tx, choice)) }
        await tx.modelConfiguration.updateMany({ where: { id }, data: await chosen(tx, choice) })
        await appendAudit(tx, acting, {
          ...entry('update', after),
          before: factsOf(before),
          after: { ...choice },
        })
        return configurationOf(after)
      }),

    remove: (acting, id) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const before = await tx.modelConfiguration.findFirst({ where: { id } })
        if (!before) return false
        if (isShipped(before)) throw shipped(before.label)
        await tx.modelConfiguration.deleteMany({ where: { id } })
        await appendAudit(tx, acting, { ...entry('remove', before), before: factsOf(before) })
        return true
      }),

    setUsual: (acting, id) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const rows = await tx.modelConfiguration.findMany()
        const usual = id === null ? AUTOMATIC : rows.find((row) => row.id === id)
        if (!usual) return false
        const { provider, connectionId, model, label, local } = usual
        const ids = rows.filter(isShipped).map((row) => row.id)
        await tx.modelConfiguration.updateMany({
          where: { id: { in: ids } },
          data: { provider, connectionId, model, label, local },
        })
        await appendAudit(tx, acting, {
          action: 'models.setUsual',
          target: { kind: 'model', id: id ?? 'auto', name: label },
          outcome: 'done',
        })
        return true
      }),
  }
}

/** Those that every organisation starts with, one for each agent and one for everybody else; they come back if deleted. */
const isShipped = ({ id, agentSlug }: Row): boolean =>
  id === (agentSlug === null ? 'auto' : `${agentSlug}-auto`)

async function chosen(tx: OrganisationTx, { connection: connectionId, ...choice }: ModelChoice) {
  const connection = await tx.connection.findFirst({ where: { id: connectionId } })
  if (!connection) throw notFound('connection', connectionId)
  return { ...choice, connectionId, provider: connection.kind, local: connection.destination === 'internal' }
}

const configurationOf = (row: Row): ModelConfiguration => ({
  id: row.id,
  agent: row.agentSlug,
  provider: row.provider,
  connection: row.connectionId,
  model: row.model,
  label: row.label,
  local: row.local,
  isDefault: row.isDefault,
  temperature: row.temperature,
  maxOutputTokens: row.maxOutputTokens,
})

const factsOf = ({ connectionId, model, label, temperature, maxOutputTokens }: Row) => ({
  connection: connectionId,
  model,
  label,
  temperature,
  maxOutputTokens,
})

const entry = (verb: string, { id, label }: Pick<Row, 'id' | 'label'>) =>
  ({ action: `models.${verb}`, target: { kind: 'model', id, name: label }, outcome: 'done' }) as const

const shipped = (label: string) =>
  new PressroomError({
    code: 'conflict.model_shipped',
    message: `"${label}" comes with Pressroom and stays.`,
    fix: 'Make a model of your own the usual one, and it is used in its place.',
  })
