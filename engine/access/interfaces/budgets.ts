import type { Acting } from '../audit.ts'

/** What an organisation may use of models in one calendar month (UTC). Null: as much as it likes. */
export interface MonthBudget {
  calls: number | null
  /** Read and written together. */
  tokens: number | null
  /** Millionths of a US dollar. */
  costMicros: number | null
  /** People are warned when this share is used. */
  warnPercent: number
}

export interface MonthUse {
  calls: number
  tokens: number
  costMicros: number
}

export interface ModelUse extends MonthUse {
  /** First day of the month, such as `2026-11-01`. */
  month: string
  /** Model configuration id. */
  model: string
}

/** How many model calls may be under way at a time, over all runs and processes. Null and unnamed: no limit. */
export interface Concurrency {
  calls: number | null
  /** By model configuration id. */
  models: Record<string, number>
}

export interface BudgetStore {
  get(organisationId: string): Promise<MonthBudget>
  set(acting: Acting, budget: MonthBudget): Promise<MonthBudget>
  /** The budget beside what was used of it in this month. */
  thisMonth(organisationId: string): Promise<{ budget: MonthBudget; used: MonthUse }>
  concurrency(organisationId: string): Promise<Concurrency>
  setConcurrency(acting: Acting, concurrency: Concurrency): Promise<Concurrency>
  /** By month and model, latest first. */
  usage(organisationId: string, months: number): Promise<ModelUse[]>
}
