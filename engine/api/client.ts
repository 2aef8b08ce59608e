/** A typed client for programs on Node: the command line, integrations and tests. The studio makes its own. */
import { createTRPCClient, httpBatchStreamLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import { Agent, type Dispatcher, EventSource } from 'undici'
import type { AppRouter } from './router.ts'

const MAX_BATCHED_CALLS = 20
const RECONNECT_MS = 500

export interface ClientOptions {
  /** Address of the server, such as `http://localhost:3000`. */
  url: string
  /** An API key (`prk_…`). */
  key?: string
  /** The session cookie, as `name=value`. */
  cookie?: string
  headers?: Record<string, string>
}

export function createPressroomClient(options: ClientOptions) {
  const url = new URL('/trpc', options.url).href
  const { key, cookie } = options
  const headers = {
    ...options.headers,
    ...(cookie ? { cookie } : {}),
    ...(key ? { authorization: `Bearer ${key}` } : {}),
  }
  // An EventSource can't be given headers, but what it connects through can.
  const dispatcher = new Agent().compose((dispatch) => (request, handler) => {
    return dispatch({ ...request, headers: merged(request.headers, headers) }, handler)
  })
  const node = { dispatcher, reconnectionTime: RECONNECT_MS }
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({ url, EventSource, eventSourceOptions: { node } }),
        false: httpBatchStreamLink({ url, headers, maxItems: MAX_BATCHED_CALLS }),
      }),
    ],
  })
}
export type PressroomClient = ReturnType<typeof createPressroomClient>

type Given = Dispatcher.DispatchOptions['headers']

/** undici takes headers as names and values in turn, as pairs, or by name. */
function merged(given: Given, own: Record<string, string>): Given {
  if (Array.isArray(given)) return [...given, ...Object.entries(own).flat()]
  if (given && Symbol.iterator in given) return [...given, ...Object.entries(own)]
  return { ...given, ...own }
}
