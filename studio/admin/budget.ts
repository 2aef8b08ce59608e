import type { BudgetMeasure, ModelUse, MonthUse } from '#access'
import { cost, count } from '../ui/format.ts'

const MICROS = 1_000_000
const LANGUAGE = 'en-GB'
const monthName = new Intl.DateTimeFormat(LANGUAGE, { month: 'long', year: 'numeric', timeZone: 'UTC' })

interface Words {
  title: string
  /** Of its field. */
  unit: string
  of: (amount: number) => string
}

export const MEASURE_WORDS: Record<BudgetMeasure, Words> = {
  calls: { title: 'Model calls', unit: 'Model calls', of: count },
  tokens: { title: 'Tokens', unit: 'Tokens, read and written', of: count },
  costMicros: { title: 'Money', unit: 'Money, in US dollars', of: cost },
}

const GROUPED = /^\d{1,3}(?:[,\s]\d{3})+(?:\.\d+)?$/

/** What somebody has written: null for no limit, undefined where it is no amount. */
export function amountFrom(measure: BudgetMeasure, text: string): number | null | undefined {
  const written = text.trim()
  if (written === '') return null
  const plain = GROUPED.test(written) ? written.replace(/[,\s]/g, '') : written.replace(',', '.')
  const money = measure === 'costMicros'
  if (!(money ? /^\d+(?:\.\d{1,6})?$/ : /^\d+$/).test(plain)) return undefined
  const amount = money ? Math.round(Number(plain) * MICROS) : Number(plain)
  return amount >= 1 && Number.isSafeInteger(amount) ? amount : undefined
}

/** As it is written into its field. */
export function textOf(measure: BudgetMeasure, amount: number | null): string {
  if (amount === null) return ''
  if (measure !== 'costMicros') return count(amount)
  return (amount / MICROS).toLocaleString(LANGUAGE, { minimumFractionDigits: 2, maximumFractionDigits: 6 })
}

/** A whole number in these bounds; null for none, undefined where it is none. */
export function wholeFrom(text: string, most: number): number | null | undefined {
  const number = amountFrom('calls', text)
  return number !== null && number !== undefined && number > most ? undefined : number
}

interface Configuration {
  id: string
  label: string
  agent: string | null
}

/** Several configurations share a label where one model serves many agents. */
export function modelNames(models: Configuration[], agents: { slug: string; name: string }[]) {
  return models.map(({ id, label, agent }) => {
    const name = agents.find(({ slug }) => slug === agent)?.name ?? agent
    return { id, name: name === null ? label : `${label} · ${name}` }
  })
}

export interface UsedMonth {
  /** First day of it, such as `2026-11-01`. */
  month: string
  name: string
  total: MonthUse
  models: ModelUse[]
}

/** Months count in UTC, as the server's budget does. */
export const monthOf = (now: number): string => `${new Date(now).toISOString().slice(0, 7)}-01`

export const nameOfMonth = (month: string): string => monthName.format(new Date(month))

/** This month, used or not, and the earlier ones in which something was used, latest first. */
export function monthsOf(usage: ModelUse[], now: number): { current: UsedMonth; earlier: UsedMonth[] } {
  const usedIn = (month: string): UsedMonth => {
    const models = usage.filter((use) => use.month === month)
    const sum = (measure: BudgetMeasure) => models.reduce((all, use) => all + use[measure], 0)
    const total = { calls: sum('calls'), tokens: sum('tokens'), costMicros: sum('costMicros') }
    return { month, name: nameOfMonth(month), total, models }
  }
  const current = monthOf(now)
  const earlier = [...new Set(usage.map(({ month }) => month))].filter((month) => month < current)
  return { current: usedIn(current), earlier: earlier.toSorted().toReversed().map(usedIn) }
}
