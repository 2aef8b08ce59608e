/** A browser tab that has a draft open, without the browser: the same provider on the WebSocket of Node. */
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { WebSocket } from 'undici'
import { Doc, type Map as SharedMap } from 'yjs'

export interface DraftClient {
  doc: Doc
  provider: HocuspocusProvider
  /** Shared map of the draft's name and limits; a place to type in that every draft has. */
  meta: SharedMap<unknown>
  /** Resolves once the server has said that all edits are stored. */
  saved(): Promise<void>
  /** Resolves once `holds` does, looking whenever the document or the connection changes. */
  until(holds: () => boolean): Promise<void>
  close(): void
}

/** `url` of the server, with http; `doc` of a tab that had the draft open before. */
export function openDraft(
  server: string,
  flowId: string,
  {
    cookie,
    key,
    origin,
    doc = new Doc(),
  }: { cookie?: string; key?: string; origin?: string; doc?: Doc } = {},
): DraftClient & { refusedFor: Promise<string> } {
  class SignedInWebSocket extends WebSocket {
    constructor(url: string) {
      const authorization = key && `Bearer ${key}`
      super(url, {
        headers: {
          ...(cookie && { cookie }),
          ...(authorization && { authorization }),
          ...(origin && { origin }),
        },
      })
    }
  }
  const url = server.replace('http', 'ws')
  const websocketProvider = new HocuspocusProviderWebsocket({
    url: `${url}/drafts`,
    WebSocketPolyfill: SignedInWebSocket,
    delay: 50,
    minDelay: 50,
    maxDelay: 200,
    jitter: false,
  })
  const watchers = new Set<() => void>()
  const look = () => watchers.forEach((watcher) => watcher())
  const refused = Promise.withResolvers<string>()
  const provider = new HocuspocusProvider({
    websocketProvider,
    name: flowId,
    document: doc,
    token: '',
    onSynced: look,
    onUnsyncedChanges: look,
    onAuthenticated: look,
    onAwarenessChange: look,
    onAuthenticationFailed: ({ reason }) => refused.resolve(reason),
  })
  provider.attach()
  doc.on('update', look)
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const watcher = () => {
        if (!holds()) return
        watchers.delete(watcher)
        resolve()
      }
      watchers.add(watcher)
      watcher()
    })
  return {
    doc,
    provider,
    meta: doc.getMap('meta'),
    refusedFor: refused.promise,
    until,
    saved: () => until(() => provider.isAuthenticated && provider.isSynced && !provider.hasUnsyncedChanges),
    close() {
      provider.destroy()
      websocketProvider.destroy()
    },
  }
}
