import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { DEFAULT_LIMITS } from './options.ts'
import { MAIN, SandboxProcess } from './sandbox-process.ts'
import { findWalls, type Walls } from './walls.ts'

const PROBE = fileURLToPath(new URL('./process/probe.ts', import.meta.url))
/** Nothing listens here: a machine that answers "refused" has let the attempt out. */
const DISCARD_PORT = 9
const WATCH_MS = 100

const foundSchema = z.object({
  user: z.number().nullable(),
  environment: z.record(z.string(), z.string()),
  descriptors: z.array(z.number()),
  /** What stood in each way out; null where nothing did. */
  ways: z.record(z.string(), z.string().nullable()),
})
export type Probed = z.infer<typeof foundSchema> & { walls: Walls }

/** Runs plain Node code where plugins run and tells which ways out of there are open. */
export async function probeWalls(cacheDir: string, port = DISCARD_PORT): Promise<Probed> {
  const directory = join(cacheDir, 'empty')
  await mkdir(directory, { recursive: true })
  const confinement = await findWalls([MAIN, process.execPath])
  const probe = new SandboxProcess({ limits: DEFAULT_LIMITS, directory, confinement, program: PROBE })
  const watch = setInterval(() => probe.watch(performance.now()), WATCH_MS)
  try {
    return { walls: confinement.walls, ...foundSchema.parse(await probe.probe(port)) }
  } finally {
    clearInterval(watch)
    await probe.close()
  }
}

/** What a way out ends in that is open to the world: the other side, or nobody, has answered. */
const REACHED = new Set([null, 'ECONNREFUSED', 'ENOENT'])
export const openWays = ({ ways }: Probed): string[] =>
  Object.keys(ways).filter((way) => REACHED.has(ways[way] ?? null))
