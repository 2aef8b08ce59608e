/** An engine and the flow that its benchmarks run: a brief and nine nodes that hand on what they get. */
import type { BriefInput, Flow } from '#graph'
import { followRun } from '../../engine/cli/follow-run.ts'
import type { Engine } from '../../engine/cli/pressroom.ts'
import { readConfig } from '../../engine/config.ts'
import { wire } from '../../engine/main.ts'
import { withFolder } from './servers.ts'

export const STEPS = 10
export const RUNS_AT_A_TIME = 32
export const WARM_UP_RUNS = 40

const brief: BriefInput = {
  topic: 'Benchmarks',
  audience: 'Engineers',
  goal: 'Know the speed',
  keyPoints: ['Every step is durable'],
  tone: 'professional',
}

/** A brief and nine nodes that hand on what they get: all of it is durability and sandbox. */
const chain: Flow = {
  schemaVersion: 1,
  name: 'Ten trivial steps',
  description: '',
  nodes: Array.from({ length: STEPS }, (_, index) => ({
    id: `n${index}`,
    type: index === 0 ? 'brief' : 'merge',
    version: 1,
    position: { x: index * 300, y: 0 },
    config: (index === 0 ? { contentType: 'blog-post' } : {}) as Flow['nodes'][number]['config'],
  })),
  edges: Array.from({ length: STEPS - 1 }, (_, index) => ({
    id: `e${index}`,
    source: { node: `n${index}`, port: index === 0 ? 'brief' : 'out' },
    target: { node: `n${index + 1}`, port: 'a' },
  })),
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
}

/** Runs the flow once; `seen` gets how long each event took from its run's lock to here. */
export async function once(engine: Engine, flowId: string, seen: number[] = []): Promise<void> {
  const { organisationId, runs, reader } = engine
  const { runId } = await runs.start(organisationId, { flowId }, { brief })
  const status = await followRun(reader, organisationId, runId, ({ at }) =>
    seen.push(Date.now() - Date.parse(at)),
  )
  if (status !== 'succeeded') throw new Error(`run ${runId} ended as ${status}`)
}

export async function many(engine: Engine, flowId: string, count: number): Promise<void> {
  let left = count
  const lane = async () => {
    while (left-- > 0) await once(engine, flowId)
  }
  await Promise.all(Array.from({ length: RUNS_AT_A_TIME }, lane))
}

export interface Servers {
  databaseUrl: string
  postgresPid: number
  redisUrl: string
}

export async function withEngine(
  { databaseUrl, redisUrl }: Servers,
  role: 'all' | 'api',
  use: (engine: Engine, flowId: string, folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const environment = { DATA_DIR: folder, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, ROLE: role }
    const pressroom = wire(readConfig(environment), { level: 'error' })
    try {
      const engine = await pressroom.openEngine()
      const template = { id: 'bench-chain', flow: chain }
      const { id } = await engine.flows.fromTemplate(engine.organisationId, template)
      await use(engine, id, folder)
    } finally {
      await pressroom.close()
    }
  })
}
