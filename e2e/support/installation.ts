import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testDatabase } from '../../engine/store/testing/database.ts'
import { startOllamaStandIn } from '../ollama-stand-in/server.ts'
import { type Server, dataFolder, startServer } from './pressroom.ts'
import type { Client } from './signed-in.ts'

const TEMPLATE = 'linkedin-post-swarm'
const BRIEF = join(import.meta.dirname, '..', '..', 'templates', TEMPLATE, 'brief.json')
const MASTER_KEY = 'a master key that every process of the test shares'

/** API processes and workers on a database of their own, with their queue where `environment` says. */
export async function installation(
  count: { apis: number; workers: number },
  environment: Record<string, string> = {},
) {
  const data = await dataFolder()
  const database = await testDatabase()
  const ollama = await startOllamaStandIn()
  const started: Server[] = []
  const start = async (role: 'api' | 'worker') => {
    const server = await startServer(data.path, {
      DATABASE_URL: database.adminUrl,
      PRESSROOM_MASTER_KEY: MASTER_KEY,
      OLLAMA_HOST: ollama.url,
      ROLE: role,
      ...environment,
    })
    started.push(server)
    return server
  }
  const [apis, workers]: [Server[], Server[]] = [[], []]
  while (apis.length < count.apis) apis.push(await start('api'))
  while (workers.length < count.workers) workers.push(await start('worker'))
  return {
    apis,
    workers,
    ollama,
    startWorker: () => start('worker'),
    async end() {
      await Promise.all(started.map((server) => server.stop()))
      await ollama.close()
      await database.close()
      await data.remove()
    },
  }
}

/** Starts a run of a shipped swarm. */
export async function startRun(client: Client): Promise<string> {
  const brief = JSON.parse(await readFile(BRIEF, 'utf8'))
  const { runId } = await client.runs.start.mutate({ target: { template: TEMPLATE }, input: { brief } })
  return runId
}
