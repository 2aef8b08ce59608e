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
