import type { Plan } from '#graph'
import { STAGES, type StageKey, stageOf } from '../run/stages.ts'

export interface StageSummary {
  key: StageKey
  name: string
  steps: number
  maxCalls: number
  /** Some of these steps may turn out not to be needed. */
  conditional: boolean
}

/** What each stage will do, in the order of the work; stages that only pass the brief on are left out. */
export function planSummary(plan: Plan): StageSummary[] {
  return STAGES.filter(({ key }) => key !== 'brief').flatMap(({ key, name }) => {
    const steps = plan.steps.filter(({ nodeType }) => stageOf(nodeType) === key)
    if (steps.length === 0) return []
    return {
      key,
      name,
      steps: steps.length,
      maxCalls: steps.reduce((sum, { maxCalls }) => sum + maxCalls, 0),
      conditional: steps.some(({ conditional }) => conditional),
    }
  })
}

const WAITS_FOR = { approval: 'people to decide', timer: 'a time', callback: 'a call from another system' }

/** "people to decide and a time": what the run may wait for on its way; empty where it goes through at once. */
export function waitsIn({ steps }: Plan): string {
  const kinds = new Set(steps.flatMap(({ waits = [] }) => waits))
  const words = (['approval', 'timer', 'callback'] as const).filter((kind) => kinds.has(kind))
  return words.map((kind) => WAITS_FOR[kind]).join(' and ')
}

export interface Destination {
  label: string
  provider: string
  local: boolean
  maxCalls: number
}

/** Models by name: personalities that speak through the same model are one destination. */
export function destinationsOf(plan: Plan): Destination[] {
  const byModel = new Map<string, Destination>()
  for (const { label, provider, local, maxCalls } of plan.destinations) {
    const key = `${provider} ${label}`
    const known = byModel.get(key) ?? { label, provider, local, maxCalls: 0 }
    byModel.set(key, { ...known, maxCalls: known.maxCalls + maxCalls })
  }
  return [...byModel.values()]
}
