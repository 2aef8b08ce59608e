import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { flowSchema } from '../flow.ts'
import { validateFlow } from '../validate.ts'
import { TEST_CATALOG, TEST_MANIFESTS, anyFlow } from '../testing/flows.ts'
import { addNode, connect, flowOf, setConfig } from './index.ts'
import { type Fact, anyEdit, clientsAt, meet, merged, perform, send, sightOf } from './testing/clients.ts'
import { chain, each, into, out } from './testing/flows.ts'

const NAMES = ['ann', 'ben', 'cat'] as const
const who = fc.nat(NAMES.length - 1)

const anyAction = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('edit' as const), who, edit: anyEdit }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('send' as const), who, to: who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('undo' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('redo' as const), who }) },
)
const story = fc.array(anyAction, { minLength: 12, maxLength: 40, size: 'max' })

/** People who do little else than type, in few texts. Nodes stay, so that a letter that can't be seen is gone. */
const typingEdit = fc.record({
  what: fc.constantFrom(
    'type' as const,
    'type' as const,
    'erase' as const,
    'title' as const,
    'move' as const,
  ),
  a: fc.nat(1),
  b: fc.nat(12),
})
const typingStory = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('edit' as const), who, edit: typingEdit }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('send' as const), who, to: who }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('undo' as const), who }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('redo' as const), who }) },
  ),
  { minLength: 12, maxLength: 40, size: 'max' },
)

const lettersIn = (doc: Y.Doc): Set<string> => new Set(JSON.stringify(flowOf(doc)).match(/[\u4e00-\u9fff]/g))

/** What no reader may see, whatever was written where and when: all of it is left out or impossible. */
const IMPOSSIBLE = new Set([
  'flow.schema',
  'flow.duplicate_id',
  'edge.unknown_node',
  'edge.duplicate',
  'group.unknown_node',
  'subflow.unknown',
  'subflow.cycle',
])

describe('three people at one draft', () => {
  test('who edit, undo and redo with any partitions end with equal flows that fit the schema and can be judged', () => {
    fc.assert(
      fc.property(anyFlow, story, (flow, actions) => {
        const clients = clientsAt(flow, NAMES)
        const docs = clients.map((client) => client.doc)
        actions.forEach((action, index) => {
          const client = clients[action.who]
          if (!client) return
          if (action.do === 'edit') perform(client, action.edit, index + 1)
          else if (action.do === 'undo') client.undo.undo()
          else if (action.do === 'redo') client.undo.redo()
          else if (action.to !== action.who) send(client.doc, docs[action.to] ?? client.doc)
          expect(flowSchema.safeParse(flowOf(client.doc)).error).toBeUndefined()
        })
        meet(docs)
        const flows = docs.map(flowOf)
        expect(flows[1]).toEqual(flows[0])
        expect(flows[2]).toEqual(flows[0])
        for (const now of flows) {
          expect(flowSchema.parse(now)).toEqual(now)
          const codes = validateFlow(now, TEST_MANIFESTS, TEST_CATALOG).map((finding) => finding.code)
          expect(codes.filter((code) => IMPOSSIBLE.has(code))).toEqual([])
        }
        const fresh = new Y.Doc()
        send(docs[0] ?? fresh, fresh)
        expect(flowOf(fresh), 'the cached reading is the reading').toEqual(flows[0])
      }),
      { numRuns: 200 },
    )
  })

  test('never lose to an undo by another what they made, connected or removed, heard of or not, nor a value that was heard of', () => {
    let undone = 0
    fc.assert(
      fc.property(anyFlow, story, (flow, actions) => {
        const clients = clientsAt(flow, NAMES)
        const docs = clients.map((client) => client.doc)
        const lost: string[] = []
        /** With the height of their author's undo stack, so that what the author takes back is no fact any more. */
        let facts: (Fact & { level: number })[] = []
        actions.forEach((action, index) => {
          const client = clients[action.who]
          if (!client) return
          if (action.do === 'edit') {
            const done = perform(client, action.edit, index + 1)
            const level = client.undo.undoStack.length
            facts.push(...done.map((fact) => ({ ...fact, level })))
          } else if (action.do === 'undo') {
            const before = { here: sightOf(client.doc), everywhere: sightOf(merged(docs)) }
            if (client.undo.undo()) undone++
            const after = { here: sightOf(client.doc), everywhere: sightOf(merged(docs)) }
            for (const { by, says, isValue, holds } of facts) {
              const seen = isValue ? 'here' : 'everywhere'
              if (by !== client.name && holds(before[seen]) && !holds(after[seen])) lost.push(says)
            }
            const level = client.undo.undoStack.length
            facts = facts.filter((fact) => fact.by !== client.name || fact.level <= level)
          } else if (action.do === 'send' && action.to !== action.who) {
            send(client.doc, docs[action.to] ?? client.doc)
          }
        })
        expect(lost).toEqual([])
      }),
      { numRuns: 400 },
    )
    expect(undone).toBeGreaterThan(100)
  })

  test('lose no letter that somebody typed and nobody took out, whoever undoes and redoes what', () => {
    let kept = 0
    fc.assert(
      fc.property(anyFlow, typingStory, (flow, actions) => {
        const clients = clientsAt(flow, NAMES)
        const docs = clients.map((client) => client.doc)
        const typists = new Map<string, string>()
        /** Erased on purpose, or taken back by whoever typed it. */
        const gone = new Set<string>()
        const lost: string[] = []
        actions.forEach((action, index) => {
          const client = clients[action.who]
          if (!client) return
          if (action.do === 'send') {
            if (action.to !== action.who) send(client.doc, docs[action.to] ?? client.doc)
            return
          }
          const before = lettersIn(client.doc)
          if (action.do === 'edit') perform(client, action.edit, index + 1)
          else if (action.do === 'undo') client.undo.undo()
          else client.undo.redo()
          const after = lettersIn(client.doc)
          for (const letter of after) {
            if (action.do === 'edit' && !before.has(letter)) typists.set(letter, client.name)
          }
          for (const letter of before) {
            if (after.has(letter)) continue
            if (action.do !== 'edit' && typists.get(letter) !== client.name && !gone.has(letter))
              lost.push(letter)
            gone.add(letter)
          }
        })
        meet(docs)
        const end = docs.map(lettersIn)
        for (const letter of typists.keys()) {
          if (gone.has(letter)) continue
          kept++
          if (!end.every((letters) => letters.has(letter))) lost.push(letter)
        }
        expect(lost).toEqual([])
        expect(docs.map(flowOf)).toEqual(clients.map(() => flowOf(docs[0] ?? new Y.Doc())))
      }),
      { numRuns: 300 },
    )
    expect(kept).toBeGreaterThan(100)
  })

  test.each(['heard of', 'not heard of'])(
    'undoing the making of a node that another has connected since leaves both: %s',
    (news) => {
      const [ann, ben] = clientsAt(chain('source'), ['ann', 'ben'])
      if (!ann || !ben) throw new Error('two clients')
      const id = addNode(ann.doc, { ...each, config: { text: 'hers' } }, ann.origin)
      send(ann.doc, ben.doc)
      connect(ben.doc, out('n0'), into(id), ben.origin)
      setConfig(ben.doc, id, 'more', 'his', ben.origin)
      if (news === 'heard of') send(ben.doc, ann.doc)
      ann.undo.undo()
      meet([ann.doc, ben.doc])
      const flow = flowOf(ann.doc)
      expect(flow.nodes[1]).toMatchObject({ id, config: { text: 'hers', more: 'his' } })
      expect(flow.edges).toMatchObject([{ source: out('n0'), target: into(id) }])
      expect(flowOf(ben.doc)).toEqual(flow)
    },
  )
})
