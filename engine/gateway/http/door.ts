/**
 * The one way out over HTTP. Job: requests to where the rules allow, and nowhere else. Boundary: who may use it, for
 * what and how often is decided before.
 *
 * - H1 Every hop is checked, the first and each redirect: what its address says, and the hosts that were granted.
 * - H2 A name is resolved once for a connection, every address that came of it is checked, and one of these very
 *   addresses is connected to: what a name resolves to a moment later changes nothing.
 * - H3 An answer is read up to a limit, in limited time; credentials never follow a redirect to another origin.
 */
import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { Agent, errors } from 'undici'
import { PressroomError, failureOf, type HttpReply } from '#graph'
import type { DoorCall, HttpDoor } from '#run/interfaces.ts'
import { isAddress } from './addresses.ts'
import { matchesHost } from './hosts.ts'
import type { HttpRules } from './rules.ts'

/** Of the body of a redirect, which nobody reads. */
const DUMPED_BYTES = 64 * 1024
const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** Set by the connection itself; whoever sets them otherwise speaks to somebody else than was checked. */
const OWN_HEADERS =
  /^(host|connection|content-length|transfer-encoding|upgrade|keep-alive|te|trailer|expect|proxy-.*)$/i
const CREDENTIALS = /^(authorization|cookie|x-api-key)$/i

type Sent = Pick<DoorCall, 'method' | 'headers' | 'body'>

export function createHttpDoor(rules: HttpRules, lookup: typeof systemLookup = systemLookup): HttpDoor {
  const agent = new Agent({
    connect: { lookup: checkedLookup(rules, lookup), timeout: rules.timeoutMs },
    headersTimeout: rules.timeoutMs,
    bodyTimeout: rules.timeoutMs,
  })

  /** H1 */
  function checked(address: string, hosts: string[] | null): URL {
    if (!URL.canParse(address)) throw rules.refusal(address.slice(0, 200))
    const url = new URL(address)
    const granted = hosts === null || hosts.some((pattern) => matchesHost(url, pattern))
    const reachable = !isAddress(url.hostname) || rules.mayReach(url.hostname.replace(/^\[|\]$/g, ''))
    if (granted && reachable && rules.mayAsk(url)) return url
    throw rules.refusal(url.host === '' ? url.protocol : url.host)
  }

  async function hop(url: URL, { method, headers, body }: Sent, signal: AbortSignal) {
    const answer = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: { 'accept-encoding': 'identity', ...headers },
      body,
      signal,
    })
    const given = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, [value ?? []].flat().join(', ')]),
    )
    return { status: answer.statusCode, headers: given, body: answer.body }
  }

  async function walk({ url, hosts, ...call }: DoorCall, signal: AbortSignal): Promise<HttpReply> {
    let at = checked(url, hosts)
    let sent: Sent = call
    for (let redirects = 0; ; redirects++) {
      const { status, headers, body } = await hop(at, sent, signal)
      const target = headers['location']
      if (!REDIRECTS.has(status) || target === undefined || rules.redirects === 0)
        return { status, headers, text: await limited(body, rules.maxBytes), url: at.href }
      await body.dump({ limit: DUMPED_BYTES, signal })
      if (redirects >= rules.redirects) throw failed(at, `it redirects more than ${rules.redirects} times`)
      if (!URL.canParse(target, at.href)) throw rules.refusal(target.slice(0, 200))
      const next = checked(new URL(target, at).href, hosts)
      sent = redirected(sent, status, at.origin === next.origin)
      at = next
    }
  }

  return {
    async request(call) {
      const own = Object.keys(call.headers).find((name) => OWN_HEADERS.test(name))
      if (own !== undefined) throw rules.refusal(`with a header "${own}" of its own`)
      const late = AbortSignal.timeout(rules.timeoutMs)
      try {
        return await walk(call, call.signal ? AbortSignal.any([call.signal, late]) : late)
      } catch (error) {
        throw told(error, call, late.aborted)
      }
    },
    close: () => agent.destroy(),
  }
}

/** H2 */
function checkedLookup({ mayReach, refusal }: HttpRules, lookup: typeof systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0)
      const [first] = found
      if (!first || !found.every(({ address }) => mayReach(address)))
        return callback(refusal(hostname), '', 0)
      if (options.all === true) callback(null, found)
      else callback(null, first.address, first.family)
    })
  }
}

/** H3 */
function redirected({ method, headers, body }: Sent, status: number, sameOrigin: boolean): Sent {
  const asGet = status === 303 || ((status === 301 || status === 302) && method === 'POST')
  const kept = Object.entries(headers).filter(
    ([name]) => (sameOrigin || !CREDENTIALS.test(name)) && !(asGet && /^content-/i.test(name)),
  )
  return {
    method: asGet && method !== 'HEAD' ? 'GET' : method,
    headers: Object.fromEntries(kept),
    body: asGet ? null : body,
  }
}

async function limited(body: AsyncIterable<Buffer>, most: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > most) {
      throw new PressroomError({
        code: 'http.too_large',
        message: `The answer is larger than ${most} bytes.`,
        fix: 'Ask for less at a time.',
        facts: { limit: most },
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** What a request came to in the words of whoever made it. A refusal may lie below what the client says. */
function told(error: unknown, { url, signal }: DoorCall, late: boolean): unknown {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof PressroomError) return cause
  if (signal?.aborted) return error
  const at = URL.canParse(url) ? new URL(url) : null
  const slow = late || error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError
  if (!slow) return failed(at, failureOf(error).message, error)
  return new PressroomError(
    {
      code: 'http.timeout',
      message: `${at?.host ?? url} took too long to answer.`,
      fix: 'Try again later, or ask for less at a time.',
      retryable: true,
      facts: { where: at?.host ?? url },
    },
    error,
  )
}

const failed = (at: URL | null, reason: string, cause?: unknown) =>
  new PressroomError(
    {
      code: 'http.failed',
      message: `${at?.host ?? 'The address'} could not be asked: ${reason}`,
      fix: 'Check the address, and whether the server there is up.',
      retryable: true,
      facts: { where: at?.host ?? null },
    },
    cause,
  )
