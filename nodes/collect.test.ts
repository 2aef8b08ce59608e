import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Flow, compile, plan } from '#graph'
import { manifestOf } from '#sdk'
import type { Json, OutputRecord, RunSnapshot, SandboxOutput, StepRecord } from '#run/interfaces.ts'
import { TEST_CATALOG, TEST_MANIFESTS } from '../engine/graph/testing/flows.ts'
import { finish } from '../engine/run/step-end.ts'
import { flowOf, testSnapshot } from '../engine/run/testing/flows.ts'
import { SimulatedRun } from '../engine/run/testing/simulated-run.ts'
import { holder } from '../engine/run/testing/steps.ts'
import { look } from '../engine/run/transitions.ts'
import { outputsOf, scriptedHost, stepContext } from '../plugins/sdk/testing.ts'
import collect from './collect.ts'
import split from './split.ts'

const MANIFESTS = { ...TEST_MANIFESTS, 'split@1': manifestOf(split), 'collect@1': manifestOf(collect) }
const MAX_ITEMS = 12

function snapshotOf(): RunSnapshot {
  const flow: Flow = flowOf(['source', 'split', 'each', 'collect'])
  const ports = [
    ['out', 'input'],
    ['entries', 'in'],
    ['out', 'items'],
  ] as const
  for (const [index, edge] of flow.edges.entries()) {
    const [from = '', to = ''] = ports[index] ?? []
    edge.source.port = from
    edge.target.port = to
  }
  for (const node of flow.nodes) if (node.type === 'split') node.config = { maxItems: MAX_ITEMS }
  const planned = plan(compile(flow, MANIFESTS), TEST_CATALOG)
  if ('tooLarge' in planned) throw new Error('the test flow is too large')
  return { ...testSnapshot(flowOf(['source'])), flow, manifests: MANIFESTS, plan: planned }
}

const host = scriptedHost(() => '')

/** In the order in which the store gives them: by ordinal, element by element. */
const inOrder = (outputs: OutputRecord[]) =>
  outputs.toSorted((a, b) => {
    const at = a.ordinal.findIndex((part, index) => part !== b.ordinal[index])
    return at < 0 ? 0 : (a.ordinal[at] ?? 0) - (b.ordinal[at] ?? 0)
  })

async function putOut(run: SimulatedRun, step: StepRecord, list: Json[]): Promise<SandboxOutput[]> {
  const item = run.outputs.get(step.inputId ?? '')?.value
  if (step.nodeId === 'n0') return [{ port: 'out', label: 'List', value: list }]
  if (step.nodeId === 'n2') return [{ port: 'out', label: 'Item', value: item ?? null }]
  if (step.nodeId === 'n1') {
    const config = { field: '', maxItems: MAX_ITEMS }
    const { entries } = await outputsOf(
      split.run(
        stepContext<typeof config, (typeof split)['inputs']>({ config, host, inputs: { input: item } }),
      ),
    )
    if (!Array.isArray(entries)) throw new Error('split puts out a list of items')
    return entries.map((entry) => ({ port: 'entries', ...(entry as { label: string; value: Json }) }))
  }
  const arrived = inOrder([...run.outputs.values()].filter(({ nodeId }) => nodeId === 'n2'))
  const config = { maximum: 0, beyond: 'fail' as const }
  const gathered = { items: arrived.map(({ value }) => value) }
  const { list: collected } = await outputsOf(
    collect.run(stepContext<typeof config, (typeof collect)['inputs']>({ config, host, gathered })),
  )
  const [{ value } = { value: null }] = collected as { value: Json }[]
  return [{ port: 'list', label: 'List', value }]
}

test('what was split is collected in the order of its list, whatever the order in which its steps end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer(), { minLength: 1, maxLength: MAX_ITEMS }),
      fc.array(fc.nat(), { minLength: MAX_ITEMS, maxLength: MAX_ITEMS }),
      async (list, choices) => {
        const run = new SimulatedRun(snapshotOf())
        for (let ended = 0; !run.ended(); ended++) {
          run.write(look(run.locked(), run.compiled, 'w', MAX_ITEMS).writes)
          const running = run.inState('running')
          const step = running[(choices[ended % MAX_ITEMS] ?? 0) % running.length]
          if (!step) throw new Error('nothing runs')
          const outcome = {
            kind: 'succeeded' as const,
            outputs: await putOut(run, step, list),
            durationMs: 1,
          }
          run.write(finish(run.locked(step.id), run.compiled, holder(step), outcome, 0).writes)
        }
        expect([...run.outputs.values()].find(({ port }) => port === 'list')?.value).toEqual(list)
      },
    ),
    { numRuns: 100 },
  )
})
