import { type RunStatus, type RunSummary } from '#graph'

export const FILTERS = [
  { key: 'all', name: 'All', statuses: null },
  { key: 'open', name: 'Running', statuses: ['queued', 'running', 'waiting', 'paused'] },
  { key: 'finished', name: 'Finished', statuses: ['succeeded', 'succeeded_without_winner'] },
  { key: 'failed', name: 'Failed', statuses: ['failed'] },
  { key: 'cancelled', name: 'Cancelled', statuses: ['cancelled'] },
] as const satisfies { key: string; name: string; statuses: readonly RunStatus[] | null }[]

export type FilterKey = (typeof FILTERS)[number]['key']

export function filtered(runs: readonly RunSummary[], key: FilterKey): RunSummary[] {
  const statuses: readonly RunStatus[] | null = FILTERS.find((filter) => filter.key === key)?.statuses ?? null
  return runs.filter(({ status }) => statuses === null || statuses.includes(status))
}

/** Fresh runs before those already known; what is known and fresh is shown as it is now. */
export function merged(known: readonly RunSummary[], fresh: readonly RunSummary[]): RunSummary[] {
  const ids = new Set(fresh.map(({ id }) => id))
  return [...fresh, ...known.filter(({ id }) => !ids.has(id))].toSorted((a, b) =>
    b.createdAt.localeCompare(a.createdAt),
  )
}
