import type { FastifyInstance } from 'fastify'
import type { Readiness } from '../deps.ts'

/** `/healthz`: the process lives. `/readyz`: it can do its work; 503 with the failing checks until then. */
export function addHealth(app: FastifyInstance, readiness: () => Promise<Readiness>): void {
  app.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send({ ok: true }))
  app.get('/readyz', async (_request, reply) => {
    const { ready, checks } = await readiness()
    return reply
      .header('cache-control', 'no-store')
      .code(ready ? 200 : 503)
      .send({ ready, checks })
  })
}
