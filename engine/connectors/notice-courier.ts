/** Notices as signed webhooks (standardwebhooks.com) and as mail. */
import { createHmac } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { createTransport } from 'nodemailer'
import { type MailNotice, PressroomError } from '#graph'
import type { HttpDoor } from '#run/interfaces.ts'
import type { Message, NoticeCourier } from '#run/notices/interfaces.ts'

const MAIL_TIMEOUT_MS = 15_000
const SECOND_MS = 1_000

/** `inner` and `outer`: into our own network, and out of it. `mayReach`: whether a mail server may have this address. */
export interface NoticeDoors {
  inner: HttpDoor
  outer: HttpDoor
  mayReach(address: string): boolean
}

export function createNoticeCourier({ inner, outer, mayReach }: NoticeDoors): NoticeCourier {
  return {
    async post({ url, inside }, { id, secret }, body) {
      const address = new URL(url)
      if (address.protocol !== 'https:' && !inside) throw notEncrypted(address.host)
      const at = String(Math.floor(Date.now() / SECOND_MS))
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
      const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'Pressroom',
        'webhook-id': id,
        'webhook-timestamp': at,
        'webhook-signature': `v1,${signature}`,
      }
      const door = inside ? inner : outer
      const { status } = await door
        .request({ url, method: 'POST', headers, body, hosts: null })
        .catch((error: unknown) => {
          throw asFailure(error, address.host)
        })
      if (status < 200 || status > 299) throw answered(address.host, status)
    },

    mail: (by, password, to, message) => mail(mayReach, by, password, to, message),
  }
}

async function mail(
  mayReach: NoticeDoors['mayReach'],
  { host, port, encryption, user, from }: MailNotice,
  password: string | null,
  to: string,
  { subject, text }: Message,
): Promise<void> {
  try {
    // The address that was looked at is the one that is connected to.
    const { address } = await lookup(host)
    if (!mayReach(address)) throw refused(host)
    const transport = createTransport({
      host: address,
      port,
      secure: encryption === 'tls',
      requireTLS: encryption === 'starttls',
      ignoreTLS: encryption === 'none',
      tls: { servername: host },
      connectionTimeout: MAIL_TIMEOUT_MS,
      greetingTimeout: MAIL_TIMEOUT_MS,
      socketTimeout: MAIL_TIMEOUT_MS,
      ...(user === '' ? {} : { auth: { user, pass: password ?? '' } }),
    })
    try {
      await transport.sendMail({ from, to, subject, text, disableFileAccess: true, disableUrlAccess: true })
    } finally {
      transport.close()
    }
  } catch (error) {
    throw asFailure(error, host)
  }
}

/** What a mail server says with a 5 is its last word; anything else may pass. */
function asFailure(error: unknown, where: string): PressroomError {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof PressroomError) return cause
  }
  const reason = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'responseCode' in error ? error.responseCode : null
  const final = typeof code === 'number' && code >= 500
  return new PressroomError(
    {
      code: 'notice.not_sent',
      message: `${where} could not be reached or did not take it: ${reason}.`,
      fix: 'Check the address, port, encryption and password under Notices, then send a test.',
      retryable: !final,
      facts: { where },
    },
    error,
  )
}

const answered = (where: string, status: number) =>
  new PressroomError({
    code: 'notice.not_taken',
    message: `${where} answered ${status}.`,
    fix: 'Check the address under Notices, and at the receiver why it does not take it.',
    retryable: status !== 410 && (status >= 500 || status === 408 || status === 429 || status < 400),
    facts: { where, status },
  })

const refused = (where: string) =>
  new PressroomError({
    code: 'notice.address_refused',
    message: `Pressroom sends nothing to ${where}: it lies in the network of this machine.`,
    fix: 'If that is meant, say under Notices that the address is inside your own network.',
    facts: { where },
  })

const notEncrypted = (where: string) =>
  new PressroomError({
    code: 'notice.not_encrypted',
    message: `Pressroom sends nothing to ${where} without encryption.`,
    fix: 'Give an https address, or say that it is inside your own network.',
    facts: { where },
  })
