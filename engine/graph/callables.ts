/** Which flows a flow may run: published ones of its team or of everybody that do not lead back to it. Pure. */
import type { CallableFlow, Callables } from './catalog.ts'

/** Runs in runs in runs: more than this is an endless one as a rule. */
export const MAX_CHILD_DEPTH = 5

/** Whether a run of this flow comes, by whatever way, to a run of the one that calls. */
function leadsBack({ caller, flows }: Callables, to: string): boolean {
  const known = new Map(flows.map((flow) => [flow.id, flow]))
  const seen = new Set<string>()
  const open = [to]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === caller) return true
    if (seen.has(id)) continue
    seen.add(id)
    open.push(...(known.get(id)?.runs ?? []))
  }
  return false
}

/** Those to choose from. */
export const callable = (callables: Callables): CallableFlow[] =>
  callables.flows.filter(({ id }) => !leadsBack(callables, id))

/** Why a flow can't be run from here; null where it can. */
export function callFault(
  callables: Callables,
  id: string,
): { code: string; message: string; fix: string } | null {
  if (leadsBack(callables, id)) {
    return {
      code: 'child.cycle',
      message: 'this flow would come to run itself again and again',
      fix: 'Choose a flow that does not run this one. To repeat something, use “Repeat a flow” with a bound.',
    }
  }
  if (callables.flows.some((flow) => flow.id === id)) return null
  return {
    code: 'child.unknown_flow',
    message: 'the flow that is to be run is not published, not there any more, or belongs to another team',
    fix: 'Publish it, or choose another flow.',
  }
}
