/** How long a webhook lets its senders wait while a storm comes in, and how soon all of it has run. */
import { setTimeout as sleep } from 'node:timers/promises'
import { deliverAll, trivialWebhook } from '../e2e/support/deliveries.ts'
import { startServer } from '../e2e/support/pressroom.ts'
import { type Client, signedIn } from '../e2e/support/signed-in.ts'
import { type Benchmark, perSecond, round, spread } from './lib/measure.ts'
import { withFolder, withPostgres } from './lib/servers.ts'

const DELIVERIES = 2_000
const DISTINCT = 1_400
const AT_A_TIME = 32
const WARM_UP = 100
/** Senders such as GitHub give up after ten seconds; whoever answers within one is far from that. */
const P99_LIMIT_MS = 1_000

const webhooks: Benchmark = async (emit, [count = String(DELIVERIES)]) => {
  await withPostgres((adminUrl) =>
    withFolder(async (dataDir) => {
      const server = await startServer(dataDir, { DATABASE_URL: adminUrl })
      try {
        const client = await signedIn(server.url)
        const warm = await trivialWebhook(client)
        await deliverAll(`${server.url}${warm.path}`, { count: WARM_UP, distinct: WARM_UP })
        const { path, flowId } = await trivialWebhook(client)
        const wanted = { count: Number(count), distinct: Math.round((Number(count) * DISTINCT) / DELIVERIES) }
        const started = performance.now()
        const sent = await deliverAll(`${server.url}${path}`, { ...wanted, atATime: AT_A_TIME })
        const answeredMs = performance.now() - started
        await allRun(client, flowId, wanted.distinct)
        const ranMs = performance.now() - started
        const answer = spread(sent.map(({ ms }) => ms))
        emit(
          'a storm of deliveries at one webhook, each durable before its answer, runs going on meanwhile',
          {
            deliveries: wanted.count,
            distinct: wanted.distinct,
            atATime: AT_A_TIME,
            answersPerSecond: perSecond(wanted.count, answeredMs),
            answerP50Ms: answer.p50Ms,
            answerP99Ms: answer.p99Ms,
            answerMaxMs: answer.maxMs,
            limitP99Ms: P99_LIMIT_MS,
            kept: answer.p99Ms <= P99_LIMIT_MS,
            runsPerSecond: round((wanted.distinct * 1_000) / ranMs, 1),
          },
        )
      } finally {
        await server.stop()
      }
    }),
  )
}

/** Until every delivery has its run and every run has ended. */
async function allRun(client: Client, flowId: string, runs: number): Promise<void> {
  for (;;) {
    let ended = 0
    for (let before: string | undefined; ;) {
      const page = await client.runs.list.query({ flowId, limit: 100, before })
      ended += page.runs.filter(({ finishedAt }) => finishedAt !== null).length
      if (page.next === null) break
      before = page.next
    }
    if (ended === runs) return
    await sleep(1_000)
  }
}

export default webhooks
