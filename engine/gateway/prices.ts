import type { ModelPrice, PriceStore } from '#access'

/** A model as its price is found. `url`: where its server is, which says whose prices count. */
export interface PricedModel {
  provider: string
  model: string
  local: boolean
  url?: string
}

export interface Price {
  inputMicros: number
  outputMicros: number
  /** The organisation's own, or the list that Pressroom ships. */
  source: 'own' | 'shipped'
}

export interface Prices {
  /** In millionths of a US dollar; 0 where no price is known. */
  cost(organisationId: string, model: PricedModel, tokens: Tokens): Promise<number>
  /** For a short prompt; null where no price is known. */
  of(organisationId: string, model: PricedModel): Promise<Price | null>
}

interface Tokens {
  inputTokens: number
  outputTokens: number
}

const MILLION = 1_000_000

/** The organisation's own prices first, whatever the model; then, for what is paid for, the shipped list. */
export function createPrices(store: Pick<PriceStore, 'list'>): Prices {
  const known = new Map<string, ModelPrice[]>()
  /** A finished call is not lost because the database is away: its price is the one that was known last (R4). */
  const latest = async (organisationId: string) => {
    const prices = await store.list(organisationId).catch(() => known.get(organisationId) ?? [])
    known.set(organisationId, prices)
    return prices
  }

  return {
    async cost(organisationId, model, { inputTokens, outputTokens }) {
      const own = ownPrice(await latest(organisationId), model)
      if (own) return Math.ceil((inputTokens * own.inputMicros + outputTokens * own.outputMicros) / MILLION)
      const shipped = await shippedPrice(model, { inputTokens, outputTokens })
      return shipped ? Math.ceil((shipped.input + shipped.output) * MILLION) : 0
    },

    async of(organisationId, model) {
      const own = ownPrice(await store.list(organisationId), model)
      if (own) return { inputMicros: own.inputMicros, outputMicros: own.outputMicros, source: 'own' }
      // Of a thousand each: some ask more for long prompts.
      const shipped = await shippedPrice(model, { inputTokens: 1_000, outputTokens: 1_000 })
      if (!shipped) return null
      const perMillion = (dollars: number) => Math.round(dollars * 1_000 * MILLION)
      return {
        inputMicros: perMillion(shipped.input),
        outputMicros: perMillion(shipped.output),
        source: 'shipped',
      }
    },
  }
}

const ownPrice = (prices: ModelPrice[], { model }: PricedModel): ModelPrice | undefined =>
  prices.find(({ pattern }) => matches(pattern.toLowerCase(), model.toLowerCase()))

/** `*` for any run of characters. Walks along, so that no pattern takes long. */
export function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === name
  const last = rest.pop() ?? ''
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last))
    return false
  let at = first.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= name.length - last.length
}

/** Loaded when it is first needed: it is large, and local models cost nothing. */
async function shippedPrice({ provider, model, local, url }: PricedModel, tokens: Tokens) {
  if (local) return null
  const { calcPrice } = await import('@pydantic/genai-prices')
  const whose =
    provider === 'openai-compatible'
      ? url === undefined
        ? null
        : { providerApiUrl: url }
      : { providerId: provider }
  const found =
    whose && calcPrice({ input_tokens: tokens.inputTokens, output_tokens: tokens.outputTokens }, model, whose)
  return found && { input: found.input_price, output: found.output_price }
}
