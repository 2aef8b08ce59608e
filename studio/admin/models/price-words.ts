import type { Outputs } from '../../app/api.ts'
import { cost } from '../../ui/format.ts'

type Price = Outputs['prices']['list']['models'][number]['price']

/** What a model costs, as people say it. */
export function priceWords(price: Price, local: boolean): string {
  if (!price) return local ? 'Costs nothing per call' : 'No price known: counts as nothing'
  const words = `${cost(price.inputMicros)} in, ${cost(price.outputMicros)} out per million tokens`
  return price.source === 'own' ? words : `${words} (usual price)`
}

export const dollarsOf = (micros: number): string => String(micros / 1_000_000)

/** Null for what is no price. */
export function microsFrom(text: string): number | null {
  const dollars = Number(text.trim().replace(',', '.'))
  if (text.trim() === '' || !Number.isFinite(dollars) || dollars < 0 || dollars > 10_000) return null
  return Math.round(dollars * 1_000_000)
}
