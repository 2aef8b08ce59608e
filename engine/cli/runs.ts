import { PressroomError } from '#graph'
import { approvalLines } from './follow-run.ts'
import { operator } from './operator.ts'
import { print, printJson, table, tell } from './output.ts'
import { EXIT, type Pressroom } from './pressroom.ts'

/** `pressroom runs`: the newest runs first. */
export async function listRuns(
  pressroom: Pressroom,
  options: { json?: boolean; limit: number },
): Promise<number> {
  const { organisationId, reader } = await pressroom.openStore()
  const runs = await reader.list(organisationId, { limit: options.limit })
  if (options.json) printJson(runs)
  else if (runs.length === 0)
    print('No runs yet. Start one: npm run pressroom -- run blog-post-swarm --input brief.json')
  else {
    const rows = runs.map((run) => [
      run.id,
      run.status,
      run.createdAt,
      `${run.finishedSteps}/${run.plannedSteps}`,
      run.topic ?? run.flowName,
    ])
    print(table([['Run', 'Status', 'Started', 'Steps', 'Topic'], ...rows]))
  }
  return EXIT.ok
}

const MAX_ITEMS = 500

/** `pressroom runs inputs ID --node NODE`: what arrived there, as `runs rerun --input` takes it. */
export async function showInputs(
  pressroom: Pressroom,
  runId: string,
  { node: nodeId }: { node: string },
): Promise<number> {
  const { organisationId, runs } = await pressroom.openEngine()
  const { items, total } = await runs.inputs(organisationId, { runId, nodeId, limit: MAX_ITEMS })
  printJson(Object.fromEntries(items.map(({ path, value }) => [path, value])))
  if (total > items.length) tell(`These are the first ${items.length} of ${total} items.`)
  return EXIT.ok
}

/** `pressroom runs show ID`: the document of a run with its steps, their attempts and its events. */
export async function showRun(
  pressroom: Pressroom,
  id: string,
  options: { json?: boolean },
): Promise<number> {
  const { organisationId, reader } = await pressroom.openStore()
  const record = await reader.record(organisationId, id)
  if (!record) {
    throw new PressroomError({
      code: 'not_found.run',
      message: `There is no run "${id}".`,
      fix: 'List the runs: npm run pressroom -- runs',
    })
  }
  if (options.json) printJson(record)
  else {
    print(`${record.flow.name}: ${record.status} (${record.runId})`)
    const rows = record.steps.map((step) => [
      step.status,
      step.label,
      `${Math.max(1, step.attempts.length)} attempt${step.attempts.length > 1 ? 's' : ''}`,
      step.failure?.message ?? '',
    ])
    print(table([['State', 'Step', 'Attempts', 'Problem'], ...rows]))
    const waits = (await reader.waits(organisationId, id)) ?? []
    for (const line of approvalLines(waits, pressroom.config.publicUrl)) print(line)
  }
  return EXIT.ok
}

/** `pressroom runs pause|resume|cancel ID`; prints what became of the run. */
export async function controlRun(
  pressroom: Pressroom,
  action: 'pause' | 'resume' | 'cancel',
  id: string,
): Promise<number> {
  const { organisationId, reader, control } = await pressroom.openControl()
  await control[action](organisationId, id, operator().actor.name)
  const run = await reader.document(organisationId, id)
  print(`${id}: ${run?.status ?? 'gone'}`)
  return EXIT.ok
}
