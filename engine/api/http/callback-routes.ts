/** Where other systems call to let a waiting step go on. The token in the address is all that they need to know. */
import type { FastifyInstance } from 'fastify'
import { PressroomError } from '#graph'
import type { Callbacks, Json } from '#run/interfaces.ts'
import { noSuchPath } from './failures.ts'

export const CALLBACKS_PATH = '/api/callbacks'
const BODY_BYTES = 256 * 1_024
const MAX_DEPTH = 64
const TOKEN = /^[\w-]{43}$/

interface Route {
  Params: { token: string }
  Body: Json | undefined
}

/** A token that never was, one whose step has gone on without it and one whose run has ended are the same to the outside. */
export function addCallbacks(app: FastifyInstance, callbacks: Callbacks): void {
  app.post<Route>(`${CALLBACKS_PATH}/:token`, { bodyLimit: BODY_BYTES }, async (request, reply) => {
    const { token } = request.params
    const value = request.body ?? null
    if (isDeeper(value, MAX_DEPTH)) throw tooDeep
    const taken = TOKEN.test(token) && (await callbacks.answer(token, value))
    if (!taken) return noSuchPath(request, reply)
    return reply.code(202).header('cache-control', 'no-store').send({ accepted: true })
  })
}

function isDeeper(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((part) => isDeeper(part, depth - 1))
}

const tooDeep = new PressroomError({
  code: 'input.too_deep',
  message: `Lists and objects may lie ${MAX_DEPTH} deep in each other.`,
  fix: 'Send a flatter object.',
})
