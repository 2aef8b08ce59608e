import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { type Ref, computed, ref } from 'vue'
import type * as Y from 'yjs'
import { api } from '../app/api.ts'
import { isSignedOut } from '../ui/failure.ts'
import { keepLocally } from './local-copy.ts'

export type DraftState = 'saved' | 'saving' | 'offline' | 'reconnecting' | 'refused'

const OFFLINE_AFTER_MS = 8_000

/**
 * Drops what is sent while there is no connection instead of keeping it: the handshake after the next one brings the
 * server everything that it lacks. Sent later as well, each would be acknowledged a second time, and an edit in
 * flight would count as saved.
 */
class Line extends HocuspocusProviderWebsocket {
  override send(message: unknown) {
    if (this.webSocket?.readyState === WebSocket.OPEN) super.send(message)
  }
}

/**
 * Job: carries a draft's document between this browser, its IndexedDB and the server, and says truly how far that is.
 * Boundary: knows documents and connections, nothing of flows.
 * - L1 `saved` means that no edit made here is without the server's acknowledgement, and the server acknowledges an
 *   edit only once it is in the database.
 * - L2 A lost connection takes every open acknowledgement with it: nothing counts as saved until the next handshake.
 * - L3 What is not at the server is in IndexedDB, where the browser has one (`kept`).
 */
export function linkDraft(doc: Y.Doc, { flowId, storageName }: { flowId: string; storageName: string }) {
  const connected = ref(false)
  const refusal = ref<string | null>(null)
  const longGone = ref(!navigator.onLine)
  const loaded = ref(false)
  const readOnly = ref(false)
  const unsynced = ref(true)
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  const local = keepLocally(doc, storageName)
  void local.ready.then(() => {
    if (doc.getMap('meta').size > 0) loaded.value = true
  })

  const line = new Line({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/drafts`,
    delay: 400,
    minDelay: 200,
    factor: 1.5,
    maxDelay: 4_000,
  })
  const provider = new HocuspocusProvider({
    websocketProvider: line,
    name: flowId,
    document: doc,
    onAuthenticated: ({ scope }) => {
      clearTimeout(timer)
      timer = undefined
      connected.value = true
      longGone.value = false
      refusal.value = null
      readOnly.value = scope === 'readonly'
    },
    onAuthenticationFailed: ({ reason }) => (refusal.value = reason || 'refused'),
    onSynced: ({ state }) => {
      if (state) loaded.value = true
    },
    onUnsyncedChanges: ({ number }) => (unsynced.value = number > 0),
    onClose: lost,
  })
  provider.attach()

  function lost() {
    connected.value = false
    unsynced.value = true
    if (!closed) timer ??= setTimeout(gone, OFFLINE_AFTER_MS)
  }

  /** A server that answers but will not let this person in is a refusal, not a bad line. */
  async function gone() {
    longGone.value = true
    timer = undefined
    try {
      await api.session.get.query()
    } catch (error) {
      if (isSignedOut(error)) refusal.value = 'signed-out'
    }
  }

  const online = () => (longGone.value = false)
  const offline = () => (longGone.value = true)
  /** Leaving would lose what is neither at the server nor in this browser: the browser asks first. */
  const leaving = (event: BeforeUnloadEvent) => {
    if (state.value !== 'saved' && !readOnly.value && loaded.value && !local.kept.value)
      event.preventDefault()
  }
  addEventListener('beforeunload', leaving)
  addEventListener('online', online)
  addEventListener('offline', offline)
  timer = setTimeout(gone, OFFLINE_AFTER_MS)

  const state: Readonly<Ref<DraftState>> = computed(() => {
    if (refusal.value !== null) return 'refused'
    if (!connected.value) return longGone.value ? 'offline' : 'reconnecting'
    return unsynced.value ? 'saving' : 'saved'
  })

  function close() {
    closed = true
    clearTimeout(timer)
    removeEventListener('beforeunload', leaving)
    removeEventListener('online', online)
    removeEventListener('offline', offline)
    provider.destroy()
    line.destroy()
    local.close()
  }
  return { awareness: provider.awareness, state, refusal, kept: local.kept, loaded, readOnly, close }
}
