import type { RunEvent, RunEventBody, RunStatus } from '#graph'
import type { OpenWait, RunReader } from '#run/interfaces.ts'

const BUDGET_WORDS = { calls: 'model calls', tokens: 'tokens', costMicros: 'money' }

const PAGE = 500
/** A missed notice costs at most this. */
const LOOK_AGAIN_MS = 1_000

/** Calls back for each event of a run, in order, until the run has ended. Resolves with how it ended. */
export async function followRun(
  reader: RunReader,
  organisationId: string,
  runId: string,
  onEvent: (event: RunEvent) => void,
): Promise<RunStatus> {
  let wake = () => {}
  const stop = reader.watch(runId, () => wake())
  try {
    for (let seq = 0; ;) {
      const changed = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_AGAIN_MS)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      const events = (await reader.events(organisationId, runId, seq, PAGE)) ?? []
      for (const event of events) {
        seq = event.seq
        onEvent(event)
        if (event.body.type === 'run.finished') {
          wake()
          return event.body.status
        }
      }
      if (events.length === PAGE) wake()
      await changed
    }
  } finally {
    stop()
  }
}

/** An event as a line for people; null for those that say nothing new to them. */
export function eventLine(body: RunEventBody): string | null {
  switch (body.type) {
    case 'run.started':
      return `Started: ${body.plannedSteps} steps, ${body.plannedDrafts} drafts.`
    case 'step.started':
      return `… ${body.label}${body.attempt > 1 ? ` (attempt ${body.attempt})` : ''}`
    case 'step.succeeded':
      return `✓ ${body.label} (${(body.durationMs / 1000).toFixed(1)} s)`
    case 'step.failed': {
      const next = body.retryInMs === null ? body.failure.fix : `Trying again in ${body.retryInMs / 1000} s.`
      return `✗ ${body.label}: ${body.failure.message} ${next}`
    }
    case 'step.skipped':
      return `– ${body.label}: ${body.reason}`
    case 'step.waiting':
      return `⧗ ${body.label}: waits${waitLine(body)}`
    case 'step.resumed':
      return `… ${body.label}: goes on`
    case 'run.stopping':
      return `Stopping: ${body.failure.message}`
    case 'run.budget': {
      const share = Math.floor((body.used / body.allowed) * 100)
      return `The run has used ${share} % of its budget (${BUDGET_WORDS[body.measure]}).`
    }
    case 'run.paused':
      return `Paused by ${body.by}.`
    case 'run.resumed':
      return `Resumed by ${body.by}.`
    case 'step.released':
    case 'run.waiting':
      return null
    case 'step.progress':
      return `  ${body.label}: ${body.message}`
    case 'step.given':
      return `= ${body.label}: ${body.outputs.length} given`
    case 'run.cancelling':
      return 'Cancelling…'
    case 'call.finished':
    case 'run.finished':
      return null
  }
}

function waitLine({ kind, due }: RunEventBody & { type: 'step.waiting' }): string {
  const until = due === null ? '' : 'at' in due ? ` until ${due.at}` : `, ${due.afterMs / 1000} s at most`
  const what = {
    timer: '',
    callback: ' for a call',
    decision: ' for a decision',
    approval: ' for people to decide',
    runs: ' for other runs',
  }
  return what[kind] + until
}

/** Who may decide on what waits, and where; a line for each approval. */
export const approvalLines = (waits: readonly OpenWait[], publicUrl: string): string[] =>
  waits.flatMap(({ stepId, attempt, label, until, terms }) => {
    if (!terms) return []
    const { quorum, assignees } = terms
    const needed = quorum === 1 ? 'an approval' : `${quorum} approvals`
    const by = assignees.length === 0 ? 'anybody who may decide' : assignees.join(' or ')
    const at = new URL(`/inbox/${stepId}.${attempt}`, publicUrl).href
    return [`⧗ ${label}: waits for ${needed} by ${by} at ${at}${until === null ? '' : `, until ${until}`}`]
  })
