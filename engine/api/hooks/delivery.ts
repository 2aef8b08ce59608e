import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { PressroomError, type WebhookSettings, mapInput } from '#graph'
import { newCallId } from '#run/ids.ts'
import type { Json } from '#run/interfaces.ts'
import type { NewCall } from '#run/triggers/interfaces.ts'
import { headerIn } from './signature.ts'

/** Senders nest as deep as their data is; what goes beyond is made to break parsers. */
const MAX_DEPTH = 64
const MAX_ID = 200
const ID_HEADERS = ['webhook-id', 'x-github-delivery', 'idempotency-key']
const HOUR_MS = 3_600_000

/** A delivery as a call. The same delivery has the same key: by its id, else by its body. */
export function callOf(settings: WebhookSettings, headers: IncomingHttpHeaders, raw: Buffer): NewCall {
  const body = bodyIn(headers, raw)
  const { input, failure } = mapInput(settings.brief, body)
  return {
    id: newCallId(Date.now()),
    key: keyOf(settings, headers, raw),
    knownForMs: settings.dedupeHours * HOUR_MS,
    body,
    input,
    failure,
  }
}

/** What was signed names the delivery where it does, so that nobody sends it once more under another name. */
function keyOf(
  { signing, deliveryHeader }: WebhookSettings,
  headers: IncomingHttpHeaders,
  raw: Buffer,
): string {
  const names =
    signing === 'standard' ? ['webhook-id'] : deliveryHeader === null ? ID_HEADERS : [deliveryHeader]
  const id = names.map((name) => headerIn(headers, name)).find((found) => found !== null)
  if (!id) return `body ${hash(raw)}`
  return `id ${id.length > MAX_ID ? hash(id) : id}`
}

const hash = (what: Buffer | string) => createHash('sha256').update(what).digest('hex')

/** Fields of a form are texts; everything else is JSON. */
function bodyIn(headers: IncomingHttpHeaders, raw: Buffer): Json {
  const text = raw.toString('utf8')
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(text))
  }
  if (text.trim() === '') return null
  if (depthOf(text) > MAX_DEPTH) throw unreadable(`it is nested more than ${MAX_DEPTH} levels deep`)
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error))
  }
}

/** Without building anything: the brackets outside of strings. */
function depthOf(json: string): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let at = 0; at < json.length; at++) {
    const letter = json[at]
    if (quoted) {
      if (letter === '\\') at += 1
      else if (letter === '"') quoted = false
    } else if (letter === '"') quoted = true
    else if (letter === '{' || letter === '[') deepest = Math.max(deepest, ++depth)
    else if (letter === '}' || letter === ']') depth -= 1
  }
  return deepest
}

const unreadable = (why: string) =>
  new PressroomError({
    code: 'input.json',
    message: `The body is no JSON that can be read: ${why}.`,
    fix: 'Send JSON, or the fields of a form.',
  })
