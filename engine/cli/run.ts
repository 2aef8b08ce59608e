import type { Priority, RunDocument } from '#graph'
import type { Started } from '#run/interfaces.ts'
import { approvalLines, eventLine, followRun } from './follow-run.ts'
import { money, print, printJson, table, tell } from './output.ts'
import { EXIT, type Pressroom, type TakeSignals } from './pressroom.ts'
import { readInput, readItems } from './read-input.ts'

export interface RunOptions extends FollowOptions {
  input: string
  seed?: number
  priority?: Priority
}

interface FollowOptions {
  json?: boolean
  idempotencyKey?: string
}

type Engine = Awaited<ReturnType<Pressroom['openEngine']>>

/** `pressroom run TEMPLATE --input brief.json`: runs a template or a saved flow to its end. */
export async function run(
  pressroom: Pressroom,
  target: string,
  options: RunOptions,
  takeSignals: TakeSignals,
): Promise<number> {
  const input = await readInput(options.input)
  const { seed, priority, idempotencyKey } = options
  return toItsEnd(pressroom, options, takeSignals, ({ organisationId, runs }) =>
    runs.start(organisationId, { template: target }, input, { seed, priority, idempotencyKey }),
  )
}

/** `pressroom runs retry ID`: what did not succeed, and what follows it, as a new run. */
export async function retryRun(
  pressroom: Pressroom,
  id: string,
  options: FollowOptions,
  takeSignals: TakeSignals,
): Promise<number> {
  return toItsEnd(pressroom, options, takeSignals, ({ organisationId, runs }) =>
    runs.retry(organisationId, id, { idempotencyKey: options.idempotencyKey }),
  )
}

/** `pressroom runs rerun ID --from NODE`: that node, and what follows it, as a new run. */
export async function rerunFrom(
  pressroom: Pressroom,
  runId: string,
  options: FollowOptions & { from: string; input?: string; draft?: boolean },
  takeSignals: TakeSignals,
): Promise<number> {
  const input = options.input === undefined ? undefined : await readItems(options.input)
  const wish = { runId, nodeId: options.from, input, useDraft: options.draft }
  return toItsEnd(pressroom, options, takeSignals, ({ organisationId, runs }) =>
    runs.rerunFrom(organisationId, wish, { idempotencyKey: options.idempotencyKey }),
  )
}

/** Starts a run, tells what happens in it, and prints what it came to. */
async function toItsEnd(
  pressroom: Pressroom,
  options: FollowOptions,
  takeSignals: TakeSignals,
  start: (engine: Engine) => Promise<Started>,
): Promise<number> {
  const engine = await pressroom.openEngine()
  const { organisationId, reader, runs } = engine
  const { runId, repeated } = await start(engine)
  if (repeated) tell(`This key has started ${runId} before; nothing is started again.`)

  /** A run that waits may wait for days: whoever looks at this should know for whom. */
  const tellWaits = async () => {
    try {
      const waits = (await reader.waits(organisationId, runId)) ?? []
      for (const line of approvalLines(waits, pressroom.config.publicUrl)) tell(line)
    } catch (error) {
      tell(String(error))
    }
  }

  let interrupted = false
  takeSignals(() => {
    if (interrupted) return
    interrupted = true
    runs.cancel(organisationId, runId, 'command line').catch((error: unknown) => tell(String(error)))
  })

  const status = await followRun(reader, organisationId, runId, ({ body }) => {
    const line = eventLine(body)
    if (line) tell(line)
    if (body.type === 'run.waiting') void tellWaits()
  })
  const document = await reader.document(organisationId, runId)
  if (!document) throw new Error(`run ${runId} is gone`)
  if (options.json) printJson(document)
  else printResult(document)
  if (document.failure) tell(`${document.failure.message} ${document.failure.fix}`)
  if (interrupted) return EXIT.interrupted
  return status === 'succeeded' || status === 'succeeded_without_winner' ? EXIT.ok : EXIT.failed
}

function printResult(document: RunDocument): void {
  const drafts = new Map(document.drafts.map((draft) => [draft.id, draft]))
  const { usage, deliverable } = document
  print(`${document.flow.name}: ${document.status.replaceAll('_', ' ')} (${document.runId})`)
  print(
    `${usage.calls} model calls, ${usage.inputTokens + usage.outputTokens} tokens, ${money(usage.costMicros)}`,
  )
  for (const model of document.models) print(`Model: ${model.label}${model.local ? '' : ' (external)'}`)
  if (document.ranking.length > 0) {
    const rows = document.ranking.map((entry) => {
      const draft = drafts.get(entry.draftId)
      return [
        entry.rank === null ? '–' : String(entry.rank),
        draft?.writerName ?? '',
        draft?.editorName ?? '',
        entry.meanScore?.toFixed(2) ?? '–',
        entry.points === null ? '–' : String(entry.points),
      ]
    })
    print(`\n${table([['Rank', 'Writer', 'Editor', 'Mean', 'Points'], ...rows])}`)
  }
  if (deliverable?.note) print(`\n${deliverable.note}`)
  const best = deliverable?.versions.find((version) => version.current) ?? deliverable?.versions[0]
  if (best) print(`\n${best.text}`)
  for (const output of document.outputs) {
    print(
      `\n${output.label}:\n${typeof output.value === 'string' ? output.value : JSON.stringify(output.value, null, 2)}`,
    )
  }
}
