import { type Failure, NO_USAGE, exampleBrief, exampleDraft } from '#graph'
import { RunCache } from '#run/run-cache.ts'
import type { Json, StepRecord, Transition } from '#run/interfaces.ts'
import { type Outcome, finish } from '#run/step-end.ts'
import { look } from '#run/transitions.ts'
import type { Harness } from './harness.ts'

const refused: Failure = {
  code: 'test.failed',
  message: 'No.',
  fix: 'Try again.',
  retryable: false,
  facts: {},
}
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json

/** What the nodes of the harness's template put out; every draft has its step's id and one revision. */
function outcomeOf({ id, nodeId, path }: StepRecord): Outcome {
  const draft = exampleDraft({ id, model: 'witty-sample', text: `By ${path}` })
  const value =
    nodeId === 'brief'
      ? exampleBrief
      : { ...draft, revisions: draft.revisions.map((one) => ({ ...one, usage: NO_USAGE })) }
  const output = { port: nodeId === 'brief' ? 'brief' : 'drafts', label: nodeId, value: asJson(value) }
  return { kind: 'succeeded', outputs: [output], durationMs: 1 }
}

/** Plays a worker until the run has ended. `fails`: steps that fail, by the ends of their paths. Says what ran. */
export async function playRun({ store }: Harness, runId: string, fails: string[] = []): Promise<string[]> {
  const compiled = await new RunCache(store.runs).get('default', runId)
  const worker = 'test'
  const ran: string[] = []
  const commit = async (stepIds: string[], apply: Transition['apply']) => {
    const [result] = await store.runs.transact([
      { organisationId: 'default', runId, stepIds, wantReady: 100, apply },
    ])
    if (result?.status === 'rejected') throw result.reason
  }
  for (;;) {
    let taken: StepRecord[] = []
    await commit([], (run) => {
      const followed = look(run, compiled, worker, 100)
      taken = followed.claimed
      return followed.writes
    })
    if (taken.length === 0) return ran.toSorted()
    for (const step of taken) {
      ran.push(`${step.nodeId}${step.path.replace(/^.*#/, '#')}`)
      const failed: Outcome = { kind: 'failed', failure: refused, durationMs: 1 }
      const outcome = fails.some((end) => step.path.endsWith(end)) ? failed : outcomeOf(step)
      const holder = { worker, stepId: step.id, attempt: step.attempt }
      await commit([step.id], (run) => finish(run, compiled, holder, outcome, 0).writes)
    }
  }
}
