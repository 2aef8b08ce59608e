import { onIonViewDidEnter, onIonViewWillLeave } from '@ionic/vue'
import { onScopeDispose, ref, shallowRef } from 'vue'
import {
  EMPTY_RUN_VIEW,
  type Failure,
  type Flow,
  type NodeManifest,
  type RunDocument,
  type RunMessage,
  foldRun,
  isTerminal,
} from '#graph'
import { api } from '../app/api.ts'
import { failureFrom } from '../ui/failure.ts'

const REDRAW_EVERY_MS = 40
const RECONNECT_AFTER_MS = 2_000

export type Connection = 'connecting' | 'open' | 'lost' | 'closed'

/**
 * A run as it happens. The view is folded from the event log; whatever breaks the connection, it goes on after the last
 * number that was folded. Nothing is listened to while the page is not shown.
 */
export function useRun(runId: string) {
  const view = shallowRef(EMPTY_RUN_VIEW)
  const document = shallowRef<RunDocument | null>(null)
  const graph = shallowRef<{ flow: Flow; manifests: NodeManifest[] } | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const connection = ref<Connection>('connecting')
  let waiting: RunMessage[] = []
  let redraw: ReturnType<typeof setTimeout> | undefined
  let reconnect: ReturnType<typeof setTimeout> | undefined
  let subscription: { unsubscribe(): void } | null = null

  function take(message: RunMessage) {
    waiting.push(message)
    redraw ??= setTimeout(fold, REDRAW_EVERY_MS)
  }

  function fold() {
    clearTimeout(redraw)
    redraw = undefined
    const messages = waiting
    waiting = []
    view.value = foldRun(view.value, messages)
    const last = messages.findLast(({ kind }) => kind === 'event')
    if (isTerminal(view.value.status)) void end()
    else if (last?.kind === 'event' && last.event.seq > view.value.seq) subscribe()
  }

  function subscribe() {
    unsubscribe()
    connection.value = 'connecting'
    subscription = api.runs.events.subscribe(
      { runId, lastEventId: view.value.seq },
      {
        onStarted: () => (connection.value = 'open'),
        onData: (message) => take('data' in message ? message.data : message),
        onConnectionStateChange: ({ state, error }) => {
          if (state === 'connecting' && error) connection.value = 'lost'
          if (state === 'pending') connection.value = 'open'
        },
        onError: lost,
        onComplete: () => {
          if (waiting.length === 0 && !isTerminal(view.value.status)) lost(null)
        },
      },
    )
  }

  function lost(error: unknown) {
    const reason = error ? failureFrom(error) : null
    connection.value = reason && !reason.retryable ? 'closed' : 'lost'
    if (reason && !reason.retryable) {
      failure.value = reason
      return
    }
    clearTimeout(reconnect)
    reconnect = setTimeout(subscribe, RECONNECT_AFTER_MS)
  }

  function unsubscribe() {
    clearTimeout(reconnect)
    subscription?.unsubscribe()
    subscription = null
  }

  async function end() {
    unsubscribe()
    connection.value = 'closed'
    if (!document.value || !isTerminal(document.value.status)) await loadDocument()
  }

  async function loadDocument() {
    try {
      const [got, drawn] = await Promise.all([
        api.runs.get.query({ id: runId }),
        graph.value ?? api.runs.graph.query({ id: runId }),
      ])
      document.value = got
      graph.value = drawn
      failure.value = null
    } catch (error) {
      failure.value = failureFrom(error)
    }
  }

  const asking = ref(false)
  /** Asks for a change; what comes of it arrives as events. */
  async function ask(change: 'cancel' | 'pause' | 'resume') {
    asking.value = true
    try {
      await api.runs[change].mutate({ id: runId })
    } catch (error) {
      failure.value = failureFrom(error)
    } finally {
      asking.value = false
    }
  }

  async function open() {
    failure.value = null
    if (!isTerminal(view.value.status)) subscribe()
    // Also of a run that has ended: others may have been made of it since.
    await loadDocument()
  }

  onIonViewDidEnter(open)
  onIonViewWillLeave(unsubscribe)
  onScopeDispose(() => {
    unsubscribe()
    clearTimeout(redraw)
  })
  return { view, document, graph, failure, connection, asking, ask, open }
}
