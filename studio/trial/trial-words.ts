import type { TrialFacts } from '#graph'
import { counted } from '../ui/format.ts'

/** "Only Editors ran, on 2 items of Writers." */
export function trialWords({ scope, given }: TrialFacts, titles: ReadonlyMap<string, string>): string {
  const name = (id: string) => titles.get(id) ?? id
  const part =
    scope === 'flow'
      ? 'The whole flow ran'
      : scope.and === 'alone'
        ? `Only ${name(scope.node)} ran`
        : `${name(scope.node)} and what follows ran`
  const from = given.map(
    ({ node, items, fromRun }) =>
      `${counted(items, 'item')} of ${name(node)} (${fromRun === null ? 'pinned' : 'from an earlier run'})`,
  )
  return from.length === 0 ? `${part}.` : `${part}, given ${words.format(from)}.`
}

const words = new Intl.ListFormat('en-GB', { type: 'conjunction' })
