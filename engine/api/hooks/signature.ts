/** Whether a delivery was sent by who knows the secret, and lately. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { PressroomError, type WebhookSettings } from '#graph'

export const headerIn = (headers: IncomingHttpHeaders, name: string): string | null => {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value : null
}

/** @throws PressroomError `auth.refused` with what is wrong about it. */
export function checkSignature(
  { signing, toleranceSeconds }: WebhookSettings,
  secret: string,
  { headers, body, now }: { headers: IncomingHttpHeaders; body: Buffer; now: number },
): void {
  if (signing === 'hub') {
    const given = /^sha256=([0-9a-f]{64})$/i.exec(headerIn(headers, 'x-hub-signature-256') ?? '')?.[1]
    if (given === undefined) throw unsigned('x-hub-signature-256')
    const wanted = createHmac('sha256', secret).update(body).digest()
    if (!timingSafeEqual(Buffer.from(given, 'hex'), wanted)) throw wrong()
    return
  }
  const [id, time, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => {
    const value = headerIn(headers, name)
    if (value === null) throw unsigned(name)
    return value
  }) as [string, string, string]
  const sentAt = /^\d{1,12}$/.test(time) ? Number(time) : Number.NaN
  const ageSeconds = now / 1_000 - sentAt
  if (!(Math.abs(ageSeconds) <= toleranceSeconds)) throw late(toleranceSeconds)
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const wanted = createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest()
  const fits = signatures.split(' ').some((each) => {
    const [version, given = ''] = each.split(',')
    const bytes = Buffer.from(given, 'base64')
    return version === 'v1' && bytes.length === wanted.length && timingSafeEqual(bytes, wanted)
  })
  if (!fits) throw wrong()
}

const refused = (reason: string, message: string, fix: string) =>
  new PressroomError({ code: 'auth.refused', message, fix, facts: { reason } })

const unsigned = (header: string) =>
  refused(
    'unsigned',
    `This webhook takes signed deliveries only, and this one has no header ${header}.`,
    'Sign deliveries as the page of the trigger says.',
  )

const wrong = () =>
  refused(
    'signature',
    'The signature does not fit the delivery.',
    'Check that the secret is the present one and that the body is signed byte for byte as it is sent.',
  )

const late = (seconds: number) =>
  refused(
    'time',
    `The delivery was signed at another time: more than ${seconds} seconds from now.`,
    'Set the sender’s clock, and sign each delivery when it is sent.',
  )
