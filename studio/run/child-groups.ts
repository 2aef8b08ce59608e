import type { ChildSummary } from '#graph'

export interface ChildGroup {
  key: string
  /** Of the step that they belong to. */
  label: string
  items: ChildSummary[]
  ended: number
  failed: number
}

const failed = ({ status, failure, runId }: ChildSummary): boolean =>
  status === 'failed' || (failure !== null && runId === null)

/** Runs by the step that starts them, in the run's order. */
export function childGroups(children: readonly ChildSummary[]): ChildGroup[] {
  return [...Map.groupBy(children, ({ stepId }) => stepId)].map(([key, items]) => ({
    key,
    label: items[0]?.label ?? '',
    items,
    ended: items.filter(({ ended }) => ended).length,
    failed: items.filter(failed).length,
  }))
}
