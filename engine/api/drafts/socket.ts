/** The websocket at `/drafts`: who may open it, for how long, and with which rights. */
import crossws from 'crossws/adapters/node'
import type { WebSocketLike } from '@hocuspocus/server'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { type AccessChanges, type Principal, may, reaches } from '#access'
import { type Failure, PressroomError } from '#graph'
import type { Identity } from '../auth/identity.ts'
import type { KeyUse } from '../auth/key-use.ts'
import type { ApiDeps } from '../deps.ts'
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
  principal: Principal
  editor: Editor
  headers: Headers
}

interface Visitor {
  connection: ReturnType<LiveDrafts['connect']>
  stopLooking(): void
}

export function addDraftSocket(
  app: FastifyInstance,
  live: LiveDrafts,
  { identity, keyUse, deps }: { identity: Identity; keyUse: KeyUse; deps: ApiDeps },
): void {
  const { publicUrl, log, accessChanges } = deps
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
        keyUse.note(visit.principal, peer.remoteAddress ?? null)
        const lookAgain = () => {
          stillAdmitted(visit).then(
            (still) => still || peer.close(SIGNED_OUT, 'your rights have changed'),
            (error: unknown) => log.warn({ err: error }, 'a session could not be looked up'),
          )
        }
        const stopLooking = lookingAgain(accessChanges, visit.principal, lookAgain)
        visitors.set(peer.id, { connection, stopLooking })
      },
      message: (peer, message) => visitors.get(peer.id)?.connection.handleMessage(message.uint8Array()),
      close(peer, { code, reason }) {
        const visitor = visitors.get(peer.id)
        visitor?.stopLooking()
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
    const principal = admitted(await identity.reidentify(copy), 'flow:read')
    return { headers: copy, principal, editor: editorOf(principal) }
  }

  /** A session that ended, another organisation, other rights, a flow out of reach: the client has to come in again. */
  async function stillAdmitted({ editor, headers }: Visit): Promise<boolean> {
    const principal = await identity.reidentify(headers).catch(noneIfRefused)
    if (!principal || !may(principal, 'flow:read')) return false
    const { organisationId, readOnly } = editorOf(principal)
    if (organisationId !== editor.organisationId || readOnly !== editor.readOnly) return false
    editor.reach = principal
    const owned = [...editor.opened].map((flowId) => deps.stores.owners.ofFlow(organisationId, flowId))
    return (await Promise.all(owned)).every((flow) => flow !== null && reaches(principal, flow))
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

/** At once when something may have changed, and now and then for what nobody heard of. */
function lookingAgain(
  changes: AccessChanges,
  { organisation, id, email }: Principal,
  lookAgain: () => void,
): () => void {
  const who = { organisationId: organisation.id, userId: email === null ? null : id }
  const unwatch = changes.watch(who, lookAgain)
  const timer = setInterval(lookAgain, LOOK_AGAIN_MS)
  return () => {
    unwatch()
    clearInterval(timer)
  }
}

/** A key that has ended says so by an error. */
function noneIfRefused(error: unknown): null {
  if (error instanceof PressroomError && error.failure.code === 'auth.unauthenticated') return null
  throw error
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
