/** R8: whether a run may take a place that all runs of its organisation share. Pure. */
import type { SlotShare, StepRecord } from '../interfaces.ts'

/** A run's shares while a transition hands them out. */
export type Shares = Map<string, SlotShare>

/** What a step that speaks through these model configurations holds while it runs. */
export const heldFor = (models: readonly { id: string }[]): string[] =>
  models.length === 0 ? [] : [CALL_SLOT, ...new Set(models.map(({ id }) => modelSlot(id)))]

/** What every step that makes model calls holds. */
export const CALL_SLOT = 'calls'
const MODEL = 'model:'
export const modelSlot = (modelId: string): string => `${MODEL}${modelId}`
/** Whose slot it is; null where it is no model configuration's. */
export const slotModel = (resource: string): string | null =>
  resource.startsWith(MODEL) ? resource.slice(MODEL.length) : null

/** Whoever else waits and comes first in turn has its place kept; then this run takes what the others leave, one at least. */
export function mayTake(shares: Shares | null, { holds }: StepRecord): boolean {
  if (!shares) return true
  return holds.every((resource) => {
    const share = shares.get(resource)
    if (!share) return true
    const { free, ahead, others, taken = 0 } = share
    return ahead < free && taken < Math.max(1, free - others)
  })
}

export function moveShares(shares: Shares | null, { holds }: StepRecord, by: 'taken' | 'given back'): void {
  if (!shares) return
  for (const resource of holds) {
    const share = shares.get(resource)
    if (!share) continue
    if (by === 'taken') shares.set(resource, { ...share, taken: (share.taken ?? 0) + 1 })
    else shares.set(resource, { ...share, free: share.free + 1 })
  }
}
