import type { MonthBudget, MonthUse } from './interfaces/budgets.ts'

export const BUDGET_MEASURES = ['calls', 'tokens', 'costMicros'] as const satisfies (keyof MonthUse)[]
export type BudgetMeasure = (typeof BUDGET_MEASURES)[number]

/** How the month stands in one measure that has a limit. */
export interface Standing {
  measure: BudgetMeasure
  /** Whole per cent of what is allowed; 100 and more when it is used up. */
  percent: number
  state: 'fine' | 'near' | 'spent'
}

/** Of what has a limit, in the order of the measures. */
export function standings(budget: MonthBudget, used: MonthUse): Standing[] {
  return BUDGET_MEASURES.flatMap((measure) => {
    const allowed = budget[measure]
    if (allowed === null) return []
    // Never 100 while a call is left.
    const percent = Math.floor((used[measure] / allowed) * 100)
    const state = used[measure] >= allowed ? 'spent' : percent >= budget.warnPercent ? 'near' : 'fine'
    return [{ measure, percent, state } as const]
  })
}

/** What people who set budgets are told: what is used up, else what comes closest to it; null while all is well. */
export function budgetNotice(budget: MonthBudget, used: MonthUse): Standing | null {
  const told = standings(budget, used).filter(({ state }) => state !== 'fine')
  return told.toSorted((a, b) => b.percent - a.percent)[0] ?? null
}
