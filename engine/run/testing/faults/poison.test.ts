import { afterAll, beforeAll, expect, test } from 'vitest'
import { MAX_LOST_WORKERS } from '../../retry.ts'
import { World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await World.open('Postgres')
})
afterAll(() => world.close())

test('a step that kills every worker is parked as failed with its reason, and the run ends without it', async () => {
  await world.undisturbed()
  const reference = await world.record(await world.newestRun())
  const [poison] = reference.steps.filter(({ nodeId }) => nodeId === 'writers')
  const stop = { point: 'step.claimed' as const, times: 1, path: poison?.path ?? '' }
  for (let killed = 0; killed < MAX_LOST_WORKERS; killed++) {
    await world.dies(stop, killed === 0 ? {} : { flowId: null })
    await world.leasesRunOut()
  }
  const runId = await world.newestRun()
  await world.goesOn(runId)

  const { steps, status, drafts, events } = await world.record(runId)
  const failed = steps.filter((step) => step.status === 'failed')
  expect(failed.map(({ nodeId, path }) => ({ nodeId, path }))).toEqual([
    { nodeId: 'writers', path: stop.path },
  ])
  expect(failed[0]?.failure).toMatchObject({ code: 'step.worker_lost', retryable: false })
  expect(failed[0]?.failure?.message).toBe(
    `${MAX_LOST_WORKERS} workers stopped while they ran this step, so it is not tried again.`,
  )
  expect(status).toBe('succeeded')
  expect(drafts).toHaveLength(reference.drafts.length / 2)
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
})
