import type { FastifyRequest } from 'fastify'
import { CLIENT_ADDRESS_HEADER } from '../auth/better-auth.ts'
import type { RequestOrigin } from './origin.ts'

/** The request's headers as the web has them, without those that only we may set. */
export function headersOf({ headers }: FastifyRequest): Headers {
  const copy = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    for (const one of [value ?? []].flat()) copy.append(name, one)
  }
  copy.delete(CLIENT_ADDRESS_HEADER)
  return copy
}

export function originOf(request: FastifyRequest): RequestOrigin {
  const site = request.headers['sec-fetch-site']
  return {
    host: request.headers.host ?? null,
    origin: request.headers.origin ?? null,
    site: typeof site === 'string' ? site : null,
  }
}
