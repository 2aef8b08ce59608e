/** The same as `faults.test.ts`, of a run with a step that waits for a time and one that waits for runs of its own. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withoutIdsAndTimes } from '../../../../e2e/support/same-document.ts'
import type { Point } from '../../points.ts'
import { CHILD_POINTS, makingChildren } from './child-flow.ts'
import { requestHash } from './effects.ts'
import { World } from './world.ts'

let world: World
let undisturbed: Awaited<ReturnType<typeof familyOf>>
let passed: Map<Point, number>

beforeAll(async () => {
  world = await World.open('Postgres', makingChildren)
  const reference = await world.undisturbed()
  passed = reference.passed
  undisturbed = await familyOf(reference.runId)
})
afterAll(() => world.close())

/** The run with all runs that it started, in the order of what they work on. */
async function familyOf(runId: string) {
  const rows = await world.rows<{ id: string }>(
    `SELECT run_id AS id FROM child_runs WHERE parent_run_id = $1 ORDER BY step_id, attempt, place`,
    runId,
  )
  const records = [await world.record(runId)]
  for (const { id } of rows) records.push(await world.record(id))
  return records.map(({ events, steps, outputs, ...document }) => ({
    document: withoutIdsAndTimes({ ...document, outputs: [] }),
    topics: outputs.map(({ value }) => (value as { brief?: { topic: string } }).brief?.topic),
    steps: steps.map(({ nodeId, status }) => ({ nodeId, status })),
    gapless: events.every(({ seq }, index) => seq === index + 1),
    succeeded: events.flatMap(({ body }) => (body.type === 'step.succeeded' ? [body.nodeId] : [])),
    calls: events.filter(({ body }) => body.type === 'call.finished').length,
  }))
}

/** Requests of the run and of those that it started whose replies are durable. */
async function recorded(runId: string): Promise<Set<string>> {
  const calls = await world.rows<{ request: { system: string; prompt: string; seed: number } }>(
    'SELECT c.request FROM model_calls AS c JOIN runs AS r ON r.id = c.run_id WHERE $1 IN (r.id, r.parent_run_id)',
    runId,
  )
  return new Set(calls.map(({ request }) => requestHash(request)))
}

async function survives(): Promise<void> {
  const runId = await world.newestRun()
  const before = world.effects.read().length
  const known = await recorded(runId)
  await world.leasesRunOut()
  await world.goesOn(runId)
  expect(await familyOf(runId)).toEqual(undisturbed)
  const since = world.effects.read().slice(before)
  expect(since.filter((effect) => effect.kind === 'call' && known.has(effect.request))).toEqual([])
}

test('an undisturbed run comes past every point of runs that steps start, and each of them makes one call', () => {
  expect(CHILD_POINTS.filter((point) => !passed.has(point))).toEqual([])
  const [parent, ...children] = undisturbed
  expect(parent?.topics).toEqual([
    'A finished call is never made again',
    'Nothing is lost',
    'Nothing is done twice',
  ])
  expect(children.map(({ calls }) => calls)).toEqual([1, 1, 1])
})

const cases: { point: Point; times: number }[] = [
  ...CHILD_POINTS.map((point) => ({ point, times: 1 })),
  { point: 'children.claimed', times: 2 },
  { point: 'child.started', times: 2 },
  { point: 'child.started', times: 3 },
  // The first one is the run itself.
  { point: 'run.created', times: 2 },
  { point: 'run.created', times: 4 },
  { point: 'call.replied', times: 1 },
  { point: 'call.recorded', times: 2 },
  { point: 'step.ended', times: 3 },
  { point: 'step.ended', times: 6 },
]
describe('a process killed changes nothing of a run and the runs that it started', () => {
  test.each(cases)('at $point, time $times', async (stop) => {
    await world.dies(stop)
    await survives()
  })
})
