import type { Plan, PlannedStep, RunView, StepState, StepView } from '#graph'
import { STAGES, type StageKey, stageOf } from './stages.ts'

/** A step as a card: planned, started or both. A step that the plan did not know has no `planned`. */
export interface StepCard {
  key: string
  nodeId: string
  label: string
  state: StepState | 'planned'
  planned: PlannedStep | null
  step: StepView | null
}

export interface Lane {
  key: StageKey
  name: string
  cards: StepCard[]
}

const placeOf = (step: { nodeId: string; path: string }) => `${step.nodeId} ${step.path}`

/** Every step of the run, in the plan's order; steps that appeared on top of it come last. */
export function cardsOf(plan: Plan | null, view: RunView): StepCard[] {
  const started = new Map(Object.values(view.steps).map((step) => [placeOf(step), step]))
  const cards: StepCard[] = (plan?.steps ?? []).map((planned) => {
    const key = placeOf(planned)
    const step = started.get(key) ?? null
    started.delete(key)
    const { nodeId, label } = planned
    return { key, nodeId, label: step?.label ?? label, state: step?.state ?? 'planned', planned, step }
  })
  for (const [key, step] of started) {
    cards.push({ key, nodeId: step.nodeId, label: step.label, state: step.state, planned: null, step })
  }
  return cards
}

/** Cards by stage. The brief's own lane is shown only when something went wrong in it. */
export function lanesOf(cards: readonly StepCard[], nodeTypes: Record<string, string>): Lane[] {
  const typeOf = (card: StepCard) => card.planned?.nodeType ?? nodeTypes[card.nodeId] ?? ''
  return STAGES.map(({ key, name }) => ({
    key,
    name,
    cards: cards.filter((card) => stageOf(typeOf(card)) === key),
  })).filter(({ key, cards: inLane }) => {
    return key === 'brief'
      ? inLane.some(({ state }) => state === 'failed' || state === 'waiting')
      : inLane.length > 0
  })
}

/** Lanes side by side; what closes the run stands below the ranking. */
export function columnsOf(lanes: readonly Lane[]): Lane[][] {
  const columns: Lane[][] = []
  for (const lane of lanes) {
    const last = columns.at(-1)
    if (lane.key === 'deliverable' && last?.at(-1)?.key === 'ranking') last.push(lane)
    else columns.push([lane])
  }
  return columns
}

const ENDED: readonly StepCard['state'][] = ['succeeded', 'failed', 'skipped', 'cancelled']

/** Steps that the run does itself, unlike those whose outputs were given to it. */
export const isOwn = (card: StepCard): boolean => !card.step?.given

export const isEnded = (card: StepCard): boolean => ENDED.includes(card.state)

export interface NodeCounts {
  total: number
  ended: number
  succeeded: number
  running: number
  failed: number
}

export const NO_COUNTS: NodeCounts = { total: 0, ended: 0, succeeded: 0, running: 0, failed: 0 }

export function nodeCounts(cards: readonly StepCard[]): Record<string, NodeCounts> {
  const counts: Record<string, NodeCounts> = {}
  for (const card of cards) {
    const node = (counts[card.nodeId] ??= { total: 0, ended: 0, succeeded: 0, running: 0, failed: 0 })
    node.total++
    if (isEnded(card)) node.ended++
    if (card.state === 'running' || card.state === 'waiting') node.running++
    if (card.state === 'succeeded') node.succeeded++
    if (card.state === 'failed') node.failed++
  }
  return counts
}
