import { createPressroomClient } from '../../engine/api/client.ts'
import { setupCodes } from './pressroom.ts'

export interface Person {
  name: string
  email: string
  password: string
}

export const OWNER: Person = {
  name: 'Ada Owner',
  email: 'ada@example.com',
  password: 'a long enough password',
}

/** Creates the first administrator where there is none, signs in, and returns a client of the typed API. */
export async function signedIn(url: string) {
  const open = createPressroomClient({ url, headers: { origin: url } })
  const { needed } = await open.setup.status.query()
  const code = setupCodes.get(url) ?? ''
  if (needed) await open.setup.create.mutate({ ...OWNER, code, organisation: 'Example' })
  return createPressroomClient({ url, cookie: await cookieOf(url), headers: { origin: url } })
}

/** Signs a person in once more, as another browser would; the first administrator unless somebody else is named. */
export async function cookieOf(
  url: string,
  { email, password }: Omit<Person, 'name'> = OWNER,
): Promise<string> {
  const response = await fetch(new URL('/api/auth/sign-in/email', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email, password }),
  })
  if (!response.ok) throw new Error(`sign-in answered ${response.status}: ${await response.text()}`)
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
}

export type Client = Awaited<ReturnType<typeof signedIn>>

/** Events of a run until it has ended, as the subscription sends them. */
export function eventsOf(client: Client, runId: string, lastEventId?: string) {
  type Item = { kind: string; event?: { seq: number; body: { type: string } } }
  const seen: { seq: number; type: string }[] = []
  let wake: () => void = () => {}
  const ended = new Promise<typeof seen>((resolve, reject) => {
    const subscription = client.runs.events.subscribe(
      { runId, lastEventId },
      {
        onData(item) {
          const data = ('data' in item ? item.data : item) as Item
          if (data.kind !== 'event' || !data.event) return
          seen.push({ seq: data.event.seq, type: data.event.body.type })
          wake()
          if (data.event.body.type === 'run.finished') {
            subscription.unsubscribe()
            resolve(seen)
          }
        },
        onError: reject,
      },
    )
  })
  return {
    seen,
    ended,
    async until(wanted: (events: typeof seen) => boolean) {
      while (!wanted(seen)) await new Promise<void>((resolve) => (wake = resolve))
    },
  }
}
