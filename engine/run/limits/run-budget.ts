import type { Budget, Failure, Usage } from '#graph'
import type { FoundCall } from '../interfaces.ts'

const MICROS = 1_000_000

/** What a flow allows each of its runs, and how people call it. */
const MEASURES = [
  {
    key: 'calls',
    code: 'limit.budget_calls',
    used: ({ calls }: Usage) => calls,
    words: (n: number) => `${n} model calls`,
  },
  {
    key: 'tokens',
    code: 'limit.budget_tokens',
    used: ({ inputTokens, outputTokens }: Usage) => inputTokens + outputTokens,
    words: (n: number) => `${n} tokens`,
  },
  {
    key: 'costMicros',
    code: 'limit.budget_cost',
    used: ({ costMicros }: Usage) => costMicros,
    words: (n: number) => `${(n / MICROS).toFixed(2)} US dollars`,
  },
] as const

/** Why a run may make no further call; null while it may. Calls in flight are counted when they end. */
export function spent(budget: Budget | undefined, usage: Usage): Failure | null {
  for (const { key, code, used, words } of MEASURES) {
    const allowed = budget?.[key]
    if (allowed === undefined || used(usage) < allowed) continue
    return {
      code,
      message: `The run has used up the ${words(allowed)} that its flow allows one run, and needs more.`,
      fix: 'Raise the budget in the settings of the flow, or let it do less; then retry the run: what is finished stays.',
      retryable: false,
      facts: { allowed, used: used(usage), measure: key },
    }
  }
  return null
}

/** The part of a budget that is not used. */
export function remaining(budget: Budget, usage: Usage): Budget {
  const parts = MEASURES.flatMap(({ key, used }) => {
    const allowed = budget[key]
    return allowed === undefined ? [] : [[key, Math.max(1, allowed - used(usage))]]
  })
  return { ...budget, ...Object.fromEntries(parts) }
}

/** What holds where both do. */
export function tighter(one: Budget | undefined, other: Budget | undefined): Budget | undefined {
  if (!one || !other) return one ?? other
  const parts = MEASURES.flatMap(({ key }) => {
    const bounds = [one[key], other[key]].filter((bound) => bound !== undefined)
    return bounds.length === 0 ? [] : [[key, Math.min(...bounds)]]
  })
  return { ...one, ...Object.fromEntries(parts) }
}

/** What a run has come close to with its last call. */
export function nearing(budget: Budget | undefined, before: Usage, after: Usage) {
  if (!budget) return []
  return MEASURES.flatMap(({ key, used }) => {
    const allowed = budget[key]
    if (allowed === undefined) return []
    const line = (allowed * budget.warnPercent) / 100
    if (used(before) >= line || used(after) < line) return []
    return [{ type: 'run.budget' as const, measure: key, used: used(after), allowed }]
  })
}

/** Why an organisation may make no further call this month; null while it may. */
export function monthSpent({ allowed, used }: NonNullable<FoundCall['month']>): Failure | null {
  for (const { key, code, words } of MEASURES) {
    const most = allowed[key]
    if (most === null || used[key] < most) continue
    return {
      code: `${code}_month`,
      message: `Your organisation has used up the ${words(most)} that its budget allows in a month.`,
      fix: 'Ask somebody who may set budgets (an owner or an admin) to raise it, or wait for the next month; then retry the run.',
      retryable: false,
      facts: { allowed: most, used: used[key], measure: key },
    }
  }
  return null
}
