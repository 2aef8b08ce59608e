import type { BudgetStore, Concurrency, MonthBudget, MonthUse } from '#access'
import { CALL_SLOT, modelSlot, slotModel } from '#run/interfaces.ts'
import { appendAudit } from './audit-chain.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'

const UNLIMITED: MonthBudget = { calls: null, tokens: null, costMicros: null, warnPercent: 80 }

export function createBudgetStore(withOrganisation: WithOrganisation): BudgetStore {
  return {
    get: (organisationId) => withOrganisation(organisationId, (tx) => find(tx, organisationId)),

    set: (acting, budget) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const { organisationId } = acting
        const before = await find(tx, organisationId)
        const create = { organisationId, ...budget }
        await tx.budget.upsert({ where: { organisationId }, create, update: budget })
        await appendAudit(tx, acting, {
          action: 'budgets.set',
          target: { kind: 'budget', id: organisationId },
          outcome: 'done',
          before,
          after: budget,
        })
        // Open pages of those who are told how the month stands.
        await tx.$executeRaw`SELECT pg_notify('pressroom_access', ${organisationId})`
        return budget
      }),

    thisMonth: (organisationId) =>
      withOrganisation(organisationId, async (tx) => {
        const [row] = await tx.$queryRaw<Omit<UseRow, 'month' | 'model'>[]>`
          SELECT coalesce(sum(calls), 0)::bigint AS calls, coalesce(sum(tokens), 0)::bigint AS tokens,
            coalesce(sum(cost_micros), 0)::bigint AS cost_micros
          FROM model_usage WHERE month = usage_month(now())`
        return { budget: await find(tx, organisationId), used: useOf(row) }
      }),

    concurrency: (organisationId) =>
      withOrganisation(organisationId, (tx) => concurrencyOf(tx, organisationId)),

    setConcurrency: (acting, concurrency) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const { organisationId } = acting
        const before = await concurrencyOf(tx, organisationId)
        await tx.slotLimit.deleteMany({ where: { organisationId } })
        const models = Object.entries(concurrency.models).map(([id, most]) => ({
          resource: modelSlot(id),
          most,
        }))
        const calls = concurrency.calls === null ? [] : [{ resource: CALL_SLOT, most: concurrency.calls }]
        const data = [...calls, ...models].map((limit) => ({ organisationId, ...limit }))
        await tx.slotLimit.createMany({ data })
        await appendAudit(tx, acting, {
          action: 'concurrency.set',
          target: { kind: 'budget', id: organisationId },
          outcome: 'done',
          before,
          after: concurrency,
        })
        return concurrency
      }),

    usage: (organisationId, months) =>
      withOrganisation(organisationId, async (tx) => {
        const rows = await tx.$queryRaw<UseRow[]>`
          SELECT to_char(month, 'YYYY-MM-DD') AS month, model, calls, tokens, cost_micros FROM model_usage
          WHERE month > usage_month(now()) - make_interval(months => ${months}::int)
          ORDER BY month DESC, calls DESC, model`
        return rows.map((row) => ({ month: row.month, model: row.model, ...useOf(row) }))
      }),
  }
}

interface UseRow {
  month: string
  model: string
  calls: bigint
  tokens: bigint
  cost_micros: bigint
}

const useOf = (row?: Omit<UseRow, 'month' | 'model'>): MonthUse => ({
  calls: Number(row?.calls ?? 0),
  tokens: Number(row?.tokens ?? 0),
  costMicros: Number(row?.cost_micros ?? 0),
})

async function concurrencyOf(tx: OrganisationTx, organisationId: string): Promise<Concurrency> {
  const rows = await tx.slotLimit.findMany({ where: { organisationId }, orderBy: { resource: 'asc' } })
  const models = rows.flatMap(({ resource, most }) => {
    const id = slotModel(resource)
    return id === null ? [] : [[id, most] as const]
  })
  const calls = rows.find(({ resource }) => resource === CALL_SLOT)?.most ?? null
  return { calls, models: Object.fromEntries(models) }
}

async function find(tx: OrganisationTx, organisationId: string): Promise<MonthBudget> {
  const row = await tx.budget.findUnique({ where: { organisationId } })
  if (!row) return UNLIMITED
  const { calls, tokens, costMicros, warnPercent } = row
  const number = (value: bigint | null) => (value === null ? null : Number(value))
  return { calls: number(calls), tokens: number(tokens), costMicros: number(costMicros), warnPercent }
}
