import { Agent } from 'undici'
import { PressroomError, failureOf } from '#graph'
import type { OpenConnection } from '#run/interfaces.ts'
import { addressRefused, guardedLookup } from '../guarded-lookup.ts'
import type { MayReach } from '../models/transport.ts'
import { isIP } from 'node:net'

const MAX_QUOTED = 300

/** Asks a service something harmless with its key. The text says what it answered; rejects where that is no good. */
export async function probe(
  connection: OpenConnection,
  mayReach: MayReach,
  signal: AbortSignal,
): Promise<string> {
  const { url, headers } = questionTo(connection)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !mayReach(host)) throw addressRefused(host)
  const agent = new Agent({ connect: { lookup: guardedLookup(mayReach) } })
  try {
    const { statusCode: status, body } = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      headers,
      signal,
    })
    const text = (await body.text()).slice(0, MAX_QUOTED)
    if (status === 401 || status === 403)
      throw refused(
        'key_refused',
        `It does not accept the key (HTTP ${status}).`,
        'Enter the right key.',
        text,
      )
    const fine = connection.kind === 'http' ? status < 500 : status < 300
    if (!fine) throw refused('unexpected', `It answers, but with HTTP ${status}.`, 'Check the address.', text)
    return `It answers (HTTP ${status})${connection.key === null ? '' : ' and accepts the key'}.`
  } catch (error) {
    for (let cause = error; cause instanceof Error; cause = cause.cause)
      if (cause instanceof PressroomError) throw cause
    const { message } = failureOf(error)
    throw refused(
      'unreachable',
      `Nobody answers at ${url.origin}: ${message}`,
      'Check the address, and whether the server there is up.',
      '',
    )
  } finally {
    await agent.destroy()
  }
}

function questionTo({ kind, baseUrl, key, settings }: OpenConnection): {
  url: URL
  headers: Record<string, string>
} {
  const below = (path: string) => new URL(`${baseUrl.replace(/\/$/, '')}${path}`)
  if (kind === 'n8n') {
    if (key === null) return { url: below('/healthz'), headers: {} }
    return { url: below('/api/v1/workflows?limit=1'), headers: { 'x-n8n-api-key': key } }
  }
  if (kind === 'langgraph') return { url: below('/ok'), headers: key === null ? {} : { 'x-api-key': key } }
  const { header, prefix } = settings
  const name = typeof header === 'string' ? header : 'Authorization'
  return {
    url: new URL(baseUrl),
    headers: key === null ? {} : { [name]: `${typeof prefix === 'string' ? prefix : 'Bearer '}${key}` },
  }
}

const refused = (what: string, message: string, fix: string, said: string) =>
  new PressroomError({ code: `connection.${what}`, message, fix, facts: said === '' ? {} : { said } })
