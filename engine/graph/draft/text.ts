import type { Flow } from '../flow.ts'

/** What people look for first comes first; everything else, such as a node's configuration, by the alphabet. */
const FIRST = ['schemaVersion', 'name', 'id', 'type', 'version', 'title', 'description', 'source', 'target']
const rank = new Map(FIRST.map((key, index) => [key, index]))
const LAST = ['limits', 'nodes', 'edges', 'notes', 'groups', 'subflows']
LAST.forEach((key, index) => rank.set(key, FIRST.length + 1 + index))

const FLOW_RANK = (key: string): number => rank.get(key) ?? FIRST.length
const byAlphabet = (): number => 0

/** The flow as a file: the same flow gives the same text whatever the order of its keys, so that git diffs say what changed. */
export const flowText = (flow: Flow): string => `${JSON.stringify(sorted(flow, FLOW_RANK), null, 2)}\n`

function sorted(value: unknown, rankOf: (key: string) => number): unknown {
  if (Array.isArray(value)) return value.map((entry) => sorted(entry, rankOf))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry, key === 'config' ? byAlphabet : rankOf)]),
  )
}
