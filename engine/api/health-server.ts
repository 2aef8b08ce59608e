import Fastify, { LogController } from 'fastify'
import type { Listening } from './app.ts'
import type { ApiDeps } from './deps.ts'
import { answerFailures } from './http/failures.ts'
import { addHealth } from './http/health.ts'
import { listen } from './http/listen.ts'

/** What a worker shows of itself: `/healthz` and `/readyz`, nothing else. */
export async function createHealthServer({
  readiness,
  redactor,
  log,
}: Pick<ApiDeps, 'readiness' | 'redactor' | 'log'>): Promise<Listening> {
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
  })
  answerFailures(app, redactor)
  addHealth(app, readiness)
  await app.ready()
  return {
    app,
    listen: (host, port) => listen(app, host, port),
    close: () => app.close(),
  }
}
