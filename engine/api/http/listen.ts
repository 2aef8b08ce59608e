import type { FastifyInstance } from 'fastify'
import { PressroomError } from '#graph'

/** Resolves to the address. Rejects with `config.port_taken` or `config.address` when it can't listen there. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    throw explained(error, host, port)
  }
}

function explained(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EADDRINUSE') {
    return new PressroomError(
      {
        code: 'config.port_taken',
        message: `Another program listens on port ${port} of ${host} already.`,
        fix: `End that program, or start Pressroom on another port: PORT=${port + 1} npm start.`,
        facts: { host, port },
      },
      error,
    )
  }
  if (code !== 'EACCES' && code !== 'EADDRNOTAVAIL' && code !== 'ENOTFOUND') return error
  return new PressroomError(
    {
      code: 'config.address',
      message: `Pressroom can't listen on port ${port} of ${host}: ${String(error)}`,
      fix: 'Set HOST to an address of this machine and PORT to a number above 1023.',
      facts: { host, port },
    },
    error,
  )
}
