import { once } from 'node:events'
import { connect as connectPlain, isIP } from 'node:net'
import { connect as connectEncrypted } from 'node:tls'
import { PressroomError, failureOf } from '#graph'
import type { OpenConnection } from '#run/interfaces.ts'
import { addressRefused, guardedLookup } from '../guarded-lookup.ts'
import type { MayReach } from '../models/transport.ts'

const PORTS: Record<string, number> = { 'smtp:': 587, 'smtps:': 465 }

/** What a mail server says to whoever comes (RFC 5321, 3.1). Name and password are not tried. */
export async function greeting(
  { baseUrl }: OpenConnection,
  mayReach: MayReach,
  signal: AbortSignal,
): Promise<string> {
  const { protocol, hostname, port: given } = new URL(baseUrl)
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !mayReach(host)) throw addressRefused(host)
  const port = given === '' ? (PORTS[protocol] ?? 25) : Number(given)
  const options = { host, port, lookup: guardedLookup(mayReach) }
  const socket =
    protocol === 'smtps:'
      ? connectEncrypted({ ...options, ...(isIP(host) === 0 ? { servername: host } : {}) })
      : connectPlain(options)
  try {
    const [said] = (await once(socket, 'data', { signal })) as [Buffer]
    const line = said.toString().split('\r\n')[0] ?? ''
    if (!line.startsWith('220')) throw unusable(`${host}:${port} answers, but not as a mail server does.`)
    return `It answers: ${line.slice(0, 200)}. Name and password are tried with the first mail.`
  } catch (error) {
    if (error instanceof PressroomError) throw error
    throw unusable(`Nobody answers at ${host}:${port}: ${failureOf(error).message}`, error)
  } finally {
    socket.destroy()
  }
}

const unusable = (message: string, cause?: unknown) =>
  new PressroomError(
    {
      code: 'connection.unreachable',
      message,
      fix: 'Check the address and the port, such as smtp://mail.example.org:587.',
    },
    cause,
  )
