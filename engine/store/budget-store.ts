import type { BudgetStore, MonthBudget } from '#access'
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
        return budget
      }),

    usage: (organisationId, months) =>
      withOrganisation(organisationId, async (tx) => {
        const rows = await tx.$queryRaw<UseRow[]>`
          SELECT to_char(month, 'YYYY-MM-DD') AS month, model, calls, tokens, cost_micros FROM model_usage
          WHERE month > usage_month(now()) - make_interval(months => ${months}::int)
          ORDER BY month DESC, calls DESC, model`
        return rows.map(({ month, model, calls, tokens, cost_micros }) => ({
          month,
          model,
          calls: Number(calls),
          tokens: Number(tokens),
          costMicros: Number(cost_micros),
        }))
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

async function find(tx: OrganisationTx, organisationId: string): Promise<MonthBudget> {
  const row = await tx.budget.findUnique({ where: { organisationId } })
  if (!row) return UNLIMITED
  const { calls, tokens, costMicros, warnPercent } = row
  const number = (value: bigint | null) => (value === null ? null : Number(value))
  return { calls: number(calls), tokens: number(tokens), costMicros: number(costMicros), warnPercent }
}
