import { expect, test } from 'vitest'
import type { NodeManifest, SendBack } from '#graph'
import type { HostPort, Json, SandboxResult, SandboxStep } from './interfaces.ts'
import { runStep } from './rework.ts'
import { stepInput } from './step-input.ts'
import { flowOf, testSnapshot } from './testing/flows.ts'
import { SimulatedRun } from './testing/simulated-run.ts'
import { SimulatedStore } from './testing/simulated-store.ts'
import { holder } from './testing/steps.ts'
import { finish } from './step-end.ts'
import { look } from './transitions.ts'

/** A source and a chain behind it, run up to its last step, which asks. Each node puts out what `work` says. */
function asking(changes: Partial<NodeManifest>[], work: (nodeId: string, input: Json) => Json) {
  const types = ['source', ...changes.map(() => 'each'), 'each']
  const flow = flowOf(types)
  const snapshot = testSnapshot(flow)
  for (const [index, change] of changes.entries()) {
    const [node, base] = [flow.nodes[index + 1], snapshot.manifests['each@1']]
    if (!node || !base) throw new Error('no such node')
    node.type = `own${index}`
    snapshot.manifests = { ...snapshot.manifests, [`own${index}@1`]: { ...base, ...change } }
  }
  const run = new SimulatedRun(snapshot)
  const store = new SimulatedStore(run)
  const take = () => {
    const [ready] = run.inState('ready')
    run.write(look(run.locked(ready?.id ?? ''), run.compiled, 'w', 1).writes)
    const [step] = run.inState('running')
    if (!step) throw new Error('nothing was ready')
    return structuredClone(step)
  }
  for (const [index] of types.slice(1).entries()) {
    const step = take()
    const before = run.outputs.get(step.inputId ?? '')?.value ?? null
    const outputs = [{ port: 'out', label: '', value: work(`n${index}`, before) }]
    const outcome = { kind: 'succeeded' as const, outputs, durationMs: 1 }
    run.write(finish(run.locked(step.id), run.compiled, holder(step), outcome, 0).writes)
  }
  const step = take()
  const ran: { node: string; given: Json; notes: string | null }[] = []
  const sandbox = {
    async run({ step: { id, nodeId }, inputs, rework, resumed }: SandboxStep): Promise<SandboxResult> {
      const wait = {
        kind: 'approval' as const,
        content: resumed?.value ?? null,
        assignees: [],
        quorum: 1,
        instructions: '',
        sendBackTo: [],
      }
      if (id === step.id) return { ok: true, outputs: [], wait }
      const given = rework?.content ?? inputs['in'] ?? null
      ran.push({ node: nodeId, given, notes: rework?.notes ?? null })
      return { ok: true, outputs: [{ port: 'out', label: '', value: work(nodeId, given) }] }
    },
  }
  const host: HostPort = { generate: () => Promise.reject(new Error('not used')), log() {}, progress() {} }
  const ask = async (answer: object | null) => {
    const input = await stepInput(store, run.compiled, step, undefined)
    const resumed = { kind: 'approval' as const, expired: false, carry: null, value: answer as Json }
    const given = answer === null ? input : { ...input, resumed }
    const result = await runStep(
      { store, sandbox },
      run.compiled,
      step,
      given,
      host,
      new AbortController().signal,
    )
    if (!result.ok || result.wait?.kind !== 'approval') throw new Error('it did not ask')
    return result.wait
  }
  const nodeOf = ({ id }: SendBack) => run.steps.get(id)?.nodeId
  return { ask, nodeOf, ran }
}

const notes: Partial<NodeManifest> = { takesNotes: true }
const signed = (nodeId: string, input: Json): Json => `${typeof input === 'string' ? input : ''}${nodeId} `

test('who takes notes works on what came back, and only what changed it works on the result', async () => {
  const same = (nodeId: string, input: Json) => (nodeId === 'n2' ? input : signed(nodeId, input))
  const { ask, nodeOf, ran } = asking([notes, {}, {}], same)
  const { sendBackTo } = await ask(null)
  expect(sendBackTo?.map((one) => [nodeOf(one), one.again.length])).toEqual([['n1', 1]])
  const value = {
    verdict: 'sent_back',
    content: 'mine ',
    notes: 'Shorter',
    by: ['Ben'],
    to: sendBackTo?.[0]?.id,
  }
  const { content } = await ask(value)
  expect(ran).toEqual([
    { node: 'n1', given: 'mine ', notes: 'Shorter' },
    { node: 'n3', given: 'mine n1 ', notes: null },
  ])
  expect(content).toMatchObject({ content: 'mine n1 n3 ', to: sendBackTo?.[0]?.id })
})

test.each<[string, Partial<NodeManifest>]>([
  ['waits', { waits: ['approval'] }],
  ['does something outside', { effect: 'once' }],
])('nothing goes back over a step that %s', async (_what, between) => {
  const { ask, nodeOf } = asking([notes, between, notes], signed)
  expect((await ask(null)).sendBackTo?.map(nodeOf)).toEqual(['n3'])
})

test('what the node itself sees to runs no earlier step', async () => {
  const { ask, ran } = asking([notes], signed)
  await ask({ verdict: 'sent_back', content: 'mine ', notes: 'Shorter', by: ['Ben'], to: 'writer' })
  expect(ran).toEqual([])
})
