import type { ModelConfiguration } from '#graph'
import { agents } from './agents.ts'

const MAX_OUTPUT_TOKENS = 4_096

/** Writers need room to surprise, editors to choose their words; evaluators should say the same of the same text. */
const TEMPERATURES: Record<string, number> = {
  creative: 0.9,
  conversational: 0.8,
  persuasive: 0.7,
  technical: 0.5,
  engagement: 0.4,
  brand: 0.3,
  clarity: 0.3,
  seo: 0.3,
  quality: 0.1,
  conversion: 0.1,
  creativity: 0.2,
}

// `auto` becomes a model that answers when a run is planned; no fresh install has to name one.
const automatic = { provider: 'auto', model: 'auto', label: 'Best local model', local: true, isDefault: true }

export const modelConfigurations: ModelConfiguration[] = [
  { id: 'auto', agent: null, ...automatic, temperature: 0.7, maxOutputTokens: MAX_OUTPUT_TOKENS },
  ...agents.map(({ slug }) => ({
    id: `${slug}-auto`,
    agent: slug,
    ...automatic,
    temperature: TEMPERATURES[slug] ?? 0.7,
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  })),
]
