/** The websocket at `/drafts`: who may open it, for how long, and with which rights. */
import crossws from 'crossws/adapters/node'
import type { WebSocketLike } from '@hocuspocus/server'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { may } from '#access'
import { type Failure, PressroomError } from '#graph'
import type { Identity } from '../auth/identity.ts'
import { httpStatusOf, unexpected } from '../errors.ts'
import { refuseForeign } from '../http/origin.ts'
import { admitted } from '../auth/admitted.ts'
import { type Editor, type LiveDrafts, editorOf } from './live-drafts.ts'

export const DRAFTS_PATH = '/drafts'
/** The whole draft comes back at once from a browser that was offline for long. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024
const LOOK_AGAIN_MS = 15_000
const GOING_AWAY = 1001
const SIGNED_OUT = 4401
const FAREWELL_MS = 500

interface Visit {
  editor: Editor
  headers: Headers
}

interface Visitor {
  connection: ReturnType<LiveDrafts['connect']>
  watch: NodeJS.Timeout
}

export function addDraftSocket(
  app: FastifyInstance,
  live: LiveDrafts,
  identity: Identity,
  { publicUrl, log }: { publicUrl: string; log: FastifyBaseLogger },
): void {
  const visitors = new Map<string, Visitor>()

  const sockets = crossws({
    serverOptions: { maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false },
    hooks: {
      async upgrade(request) {
        try {
          return { context: { ...(await admit(request)) } }
        } catch (error) {
          return refused(error, log)
        }
      },
      open(peer) {
        const visit = peer.context as unknown as Visit
        const socket = peer.websocket as unknown as WebSocketLike
        const request = new Request(new URL(DRAFTS_PATH, publicUrl))
        const connection = live.connect(socket, request, visit.editor)
        const watch = setInterval(() => {
          stillAdmitted(visit).then(
            (still) => still || peer.close(SIGNED_OUT, 'your rights have changed'),
            (error: unknown) => log.warn({ err: error }, 'a session could not be looked up'),
          )
        }, LOOK_AGAIN_MS)
        visitors.set(peer.id, { connection, watch })
      },
      message: (peer, message) => visitors.get(peer.id)?.connection.handleMessage(message.uint8Array()),
      close(peer, { code, reason }) {
        const visitor = visitors.get(peer.id)
        clearInterval(visitor?.watch)
        visitors.delete(peer.id)
        visitor?.connection.handleClose({ code: code ?? GOING_AWAY, reason: reason ?? '' })
      },
      error: (peer, error) => log.debug({ err: error, peer: peer.id }, 'a draft socket broke'),
    },
  })

  async function admit(request: Request): Promise<Visit> {
    const { pathname } = new URL(request.url, publicUrl)
    if (pathname !== DRAFTS_PATH) throw noSocketHere(pathname)
    const { headers } = request
    refuseForeign(publicUrl, {
      host: headers.get('host'),
      origin: headers.get('origin'),
      site: headers.get('sec-fetch-site'),
    })
    const copy = new Headers(headers)
    return { headers: copy, editor: editorOf(admitted(await identity.reidentify(copy), 'flow:read')) }
  }

  /** A session that ended, another organisation or other rights: the client has to come in again. */
  async function stillAdmitted({ editor, headers }: Visit): Promise<boolean> {
    const principal = await identity.reidentify(headers)
    if (!principal || !may(principal, 'flow:read')) return false
    const now = editorOf(principal)
    return now.organisationId === editor.organisationId && now.readOnly === editor.readOnly
  }

  app.server.on('upgrade', (request, socket, head) => {
    socket.on('error', (error) => {
      log.debug({ err: error }, 'a socket broke')
      socket.destroy()
    })
    sockets.handleUpgrade(request, socket, head).catch((error: unknown) => {
      log.error({ err: error }, 'a socket could not be opened')
      socket.destroy()
    })
  })
  app.addHook('preClose', async () => {
    await live
      .close()
      .catch((error: unknown) => log.error({ err: error }, 'drafts could not be stored in time'))
    sockets.closeAll(GOING_AWAY, 'the server is closing')
    // Who does not answer the farewell would keep the port open.
    setTimeout(() => sockets.closeAll(GOING_AWAY, '', true), FAREWELL_MS).unref()
  })
  app.addHook('onClose', () => sockets.close())
}

function refused(error: unknown, log: FastifyBaseLogger): Response {
  const failure: Failure = error instanceof PressroomError ? error.failure : unexpected(null)
  if (!(error instanceof PressroomError)) log.error({ err: error }, 'a socket could not be admitted')
  return Response.json({ failure }, { status: httpStatusOf(failure) })
}

const noSocketHere = (path: string) =>
  new PressroomError({
    code: 'not_found.path',
    message: 'There is no socket at this address.',
    fix: `Open it at ${DRAFTS_PATH}.`,
    facts: { path },
  })
