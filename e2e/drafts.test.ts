import { afterEach, beforeEach, expect, test } from 'vitest'
import { addNode, flowOf } from '#graph'
import { type DraftClient, openDraft } from '../engine/api/testing/draft-client.ts'
import { dataFolder, startServer } from './support/pressroom.ts'
import { cookieOf, signedIn } from './support/signed-in.ts'

let data: Awaited<ReturnType<typeof dataFolder>>
const tabs: DraftClient[] = []
beforeEach(async () => {
  data = await dataFolder()
})
afterEach(async () => {
  for (const tab of tabs.splice(0)) tab.close()
  await data.remove()
})

/** Types a node at a time, each after the last was sent, until it is told to stop. */
function typing(tab: DraftClient, name: string) {
  const stopping = new AbortController()
  const written: string[] = []
  const done = (async () => {
    for (let number = 0; !stopping.signal.aborted; number++) {
      const node = {
        type: 'template-text',
        version: 1,
        position: { x: number, y: 0 },
        title: `${name} ${number}`,
      }
      written.push(addNode(tab.doc, node, name))
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  return {
    written,
    stop() {
      stopping.abort()
      return done
    },
  }
}

test('kill -9 while two people type costs nobody a keystroke: both come back to the same draft with all of it', async () => {
  const first = await startServer(data.path)
  const client = await signedIn(first.url)
  const port = new URL(first.url).port
  const { id } = await client.flows.create.mutate({ name: 'Together' })
  const cookie = await cookieOf(first.url)
  const open = () => {
    const tab = openDraft(first.url, id, { cookie })
    tabs.push(tab)
    return tab
  }
  const [ada, bob] = [open(), open()]
  await Promise.all([ada.saved(), bob.saved()])

  const [adaTypes, bobTypes] = [typing(ada, 'ada'), typing(bob, 'bob')]
  const sees = (tab: DraftClient, ids: string[]) => ids.length > 5 && ids.every((node) => has(tab, node))
  await Promise.all([
    ada.until(() => sees(ada, bobTypes.written.slice(0, 20))),
    bob.until(() => sees(bob, adaTypes.written.slice(0, 20))),
  ])
  await first.kill()
  const before = adaTypes.written.length
  await ada.until(() => adaTypes.written.length > before + 5)
  await Promise.all([adaTypes.stop(), bobTypes.stop()])
  expect(ada.provider.hasUnsyncedChanges || bob.provider.hasUnsyncedChanges).toBe(true)

  const second = await startServer(data.path, { PORT: port })
  try {
    const all = [...adaTypes.written, ...bobTypes.written]
    await Promise.all([ada, bob].map((tab) => tab.until(() => all.every((node) => has(tab, node)))))
    await Promise.all([ada.saved(), bob.saved()])
    expect(flowOf(ada.doc)).toEqual(flowOf(bob.doc))
    const { draft } = await (await signedIn(second.url)).flows.get.query({ id })
    expect(draft).toEqual(flowOf(ada.doc))
    expect(new Set(draft.nodes.map((node) => node.id))).toEqual(new Set(all))
  } finally {
    await second.stop()
  }
})

const has = (tab: DraftClient, node: string): boolean => tab.doc.getMap('nodes').has(node)
