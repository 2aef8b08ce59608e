/**
 * The drafts that people have open right now, in the memory of this process. Postgres has the truth: a document is
 * read from there when the first person opens it and written back within 300 ms of an edit, before anybody is told
 * that the edit is saved. Edits that another process stored meanwhile are merged in, never written over.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Document, Hocuspocus, type WebSocketLike, isTransactionOrigin } from '@hocuspocus/server'
import type { FastifyBaseLogger } from 'fastify'
import { applyUpdate, encodeStateAsUpdate, type Doc } from 'yjs'
import { type FlowOwners, type Principal, type Reach, may, reaches } from '#access'
import { type Flow, draftUpdateOf, flowOf, writeFlow } from '#graph'
import type { DraftStore } from '#run/interfaces.ts'
import { notFound } from '../errors.ts'
import { Progress, holdingReplies } from './held-replies.ts'
import { nameInPresence } from './presence.ts'
import { within } from './within.ts'

const STORE_AFTER_MS = 80
const STORE_WITHIN_MS = 250
const RETRY_MS = [100, 250, 500, 1_000, 2_000, 4_000]
const FLUSH_WITHIN_MS = 15_000
const CLOSE_WITHIN_MS = 6_000
const COME_AGAIN = 4205
/** A draft at the limits of a flow takes a fraction of it. */
export const MAX_DRAFT_BYTES = 32 * 1024 * 1024

/** Who edits, in which organisation, and whether they may. */
export interface Editor {
  organisationId: string
  user: { id: string; name: string }
  readOnly: boolean
  reach: Reach
  /** Flows that were opened so far. */
  opened: Set<string>
}

export const editorOf = (principal: Principal): Editor => ({
  organisationId: principal.organisation.id,
  user: { id: principal.id, name: principal.name },
  readOnly: !may(principal, 'flow:write'),
  reach: principal,
  opened: new Set(),
})

/** A document that is open here. */
interface Open {
  document: Document
  organisationId: string
  /** Of the stored state that the document contains. */
  revision: number
  bytes: number
  progress: Progress
  authorId: string | null
  keepPoint: boolean
}

export interface LiveDrafts {
  connect(socket: WebSocketLike, request: Request, editor: Editor): ReturnType<Hocuspocus['handleConnection']>
  /** Makes sure that what was typed until now is in the database. */
  flush(flowId: string): Promise<void>
  /** Makes the draft equal to this flow: an edit like any other for those who have it open. Durable on return. */
  write(editor: Editor, flowId: string, flow: Flow): Promise<void>
  /** Sends everybody away from this draft; they may come back and are then looked at again. */
  disconnect(flowId: string): void
  /** Stores everything and lets go of it. */
  close(): Promise<void>
}

export function createLiveDrafts(store: DraftStore, owners: FlowOwners, log: FastifyBaseLogger): LiveDrafts {
  const open = new Map<string, Open>()
  const closing = new AbortController()

  const hocuspocus = new Hocuspocus<Editor>({
    quiet: true,
    debounce: STORE_AFTER_MS,
    maxDebounce: STORE_WITHIN_MS,
    async onAuthenticate({ context, documentName, connectionConfig }) {
      connectionConfig.readOnly = context.readOnly
      if (!(await store.has(context.organisationId, documentName))) throw refusal('not-found')
      const owned = await owners.ofFlow(context.organisationId, documentName)
      if (owned?.id !== documentName || !reaches(context.reach, owned)) throw refusal('not-found')
      const there = open.get(documentName)
      if (there && there.organisationId !== context.organisationId) throw refusal('not-found')
      context.opened.add(documentName)
    },
    async onLoadDocument({ context: { organisationId }, document, documentName }) {
      const stored = await store.open(organisationId, documentName, draftUpdateOf)
      if (!stored) throw refusal('not-found')
      applyUpdate(document, stored.state)
      // At once and not in a hook, which would come after the acknowledgement of the edit.
      document.on('update', (update: Uint8Array, origin: unknown) => edited(documentName, update, origin))
      open.set(documentName, {
        document,
        organisationId,
        revision: stored.revision,
        bytes: stored.state.byteLength,
        progress: new Progress(),
        authorId: null,
        keepPoint: false,
      })
    },
    async beforeSync({ documentName, payload }) {
      const bytes = open.get(documentName)?.bytes ?? 0
      if (bytes + payload.byteLength > MAX_DRAFT_BYTES) throw refusal('draft-too-large')
    },
    async beforeHandleAwareness({ states, context }) {
      if (context) nameInPresence(states, context.user)
    },
    onStoreDocument: ({ document }) => storeUntilDone(document),
    async afterUnloadDocument({ documentName }) {
      open.delete(documentName)
    },
  })

  function edited(flowId: string, update: Uint8Array, origin: unknown): void {
    const there = open.get(flowId)
    if (!there || origin === MERGED) return
    there.bytes += update.byteLength
    there.authorId = authorOf(origin) ?? there.authorId
    there.progress.edit()
  }

  const openAs = (document: Document): Open | null => {
    const there = open.get(document.name)
    return there?.document === document ? there : null
  }

  /** Tries again until it is stored: an edit that can't be stored now is kept, and its author is not told "saved". */
  async function storeUntilDone(document: Document): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await storeNow(document)
      } catch (error) {
        log.error({ err: error, flowId: document.name, attempt }, 'a draft could not be stored')
        if (closing.signal.aborted) return
      }
      // Only closing cuts the wait short, and then there is one last try at once.
      await sleep(RETRY_MS[attempt] ?? RETRY_MS.at(-1), undefined, { signal: closing.signal }).catch(() => {})
    }
  }

  async function storeNow(document: Document): Promise<void> {
    const there = openAs(document)
    // Somebody came in at the very moment in which it was let go of: they have to come in again.
    if (!there) return sendAway(document)
    while (!there.progress.isStored) {
      const edit = there.progress.now
      const { organisationId, revision, authorId, keepPoint } = there
      const state = encodeStateAsUpdate(document)
      const draft = { state, flow: flowOf(document), revision, authorId, keepPoint }
      const saved = await store.save(organisationId, document.name, draft)
      if (saved === null) {
        await merge(document, there)
        continue
      }
      there.revision = saved
      there.bytes = state.byteLength
      there.keepPoint = false
      there.progress.storedUpTo(edit)
      // Edits made meanwhile have a timer of their own.
      return
    }
  }

  /** Another process has stored its own edits of the same draft. */
  async function merge(document: Document, there: Open): Promise<void> {
    const stored = await store.open(there.organisationId, document.name, draftUpdateOf)
    if (!stored) throw notFound('flow', document.name)
    applyUpdate(document, stored.state, MERGED)
    there.revision = stored.revision
  }

  async function flushed(document: Document): Promise<void> {
    const there = openAs(document)
    if (!there || there.progress.isStored) return
    const stored = new Promise<void>((resolve) => there.progress.whenStored(resolve))
    void hocuspocus.storeDocumentHooks(document, storePayload(hocuspocus, document), true)
    await within(FLUSH_WITHIN_MS, stored, document.name)
  }

  return {
    connect: (socket, request, editor) =>
      hocuspocus.handleConnection(
        holdingReplies(socket, (name) => open.get(name)?.progress),
        request,
        editor,
      ),

    async flush(flowId) {
      const document = hocuspocus.documents.get(flowId)
      if (document) await flushed(document)
    },

    async write(editor, flowId, flow) {
      if (!(await store.has(editor.organisationId, flowId))) throw notFound('flow', flowId)
      const direct = await hocuspocus.openDirectConnection(flowId, editor)
      try {
        const { document } = direct
        const there = document && openAs(document)
        if (!there) throw notFound('flow', flowId)
        // What was typed until now becomes a point of its own, whatever happened within the last minute.
        while (!there.progress.isStored) await flushed(document)
        there.keepPoint = true
        await direct.transact((live: Doc) => writeFlow(live, flow))
        await flushed(document)
      } finally {
        await direct.disconnect()
      }
    },

    disconnect(flowId) {
      const document = hocuspocus.documents.get(flowId)
      if (document) sendAway(document)
    },

    async close() {
      closing.abort()
      hocuspocus.closeConnections()
      const documents = [...hocuspocus.documents.values()]
      const stored = documents.map((document) =>
        hocuspocus.storeDocumentHooks(document, storePayload(hocuspocus, document), true),
      )
      await within(CLOSE_WITHIN_MS, Promise.all(stored), documents.map(({ name }) => name).join())
    },
  }
}

/** Origin of edits that are in the database already. */
const MERGED = { source: 'local', skipStoreHooks: true } as const

/** The socket and not just the document's part of it: only then do clients come in again by themselves. */
function sendAway(document: Document): void {
  for (const { webSocket } of document.getConnections()) webSocket.close(COME_AGAIN, 'come in again')
}

/** Hocuspocus passes the reason on to the client. */
function refusal(reason: 'not-found' | 'draft-too-large'): Error & { reason: string } {
  return Object.assign(new Error(''), { reason })
}

function authorOf(origin: unknown): string | undefined {
  if (!isTransactionOrigin(origin)) return undefined
  const context =
    origin.source === 'connection'
      ? origin.connection.context
      : origin.source === 'local'
        ? origin.context
        : null
  const editor = context as Partial<Editor> | null | undefined
  return editor?.user?.id
}

const storePayload = (instance: Hocuspocus<Editor>, document: Document) => ({
  instance,
  document,
  documentName: document.name,
  clientsCount: document.getConnectionsCount(),
  lastContext: {},
  lastTransactionOrigin: MERGED,
})
