import { type Ref, type ShallowRef, computed, ref, shallowRef, watch } from 'vue'
import {
  type Failure,
  type Flow,
  type Given,
  type NodeManifest,
  type Pins,
  type PortRef,
  type Trial,
  type TrialScope,
  portKey,
  portOfKey,
  trialPart,
} from '#graph'
import { api } from '../app/api.ts'
import type { DraftSession } from '../canvas/use-draft.ts'
import { failureFrom } from '../ui/failure.ts'
import { portTitle } from './port-title.ts'
import type { EarlierRun } from './use-pin-editor.ts'

/** Where what arrives at a tried part comes from. `unused`: pinned, but its node runs all the same. */
export interface TrialInput extends PortRef {
  title: string
  from: 'pin' | 'run' | 'missing' | 'unused'
  items: number
}

/** The run that has the most of what is missing; of equal ones the latest. */
export function bestRun(runs: readonly EarlierRun[]): EarlierRun | null {
  return runs.reduce<EarlierRun | null>(
    (best, run) => (best === null || run.ports.length > best.ports.length ? run : best),
    null,
  )
}

type Subject = Pick<DraftSession, 'flowId'> & {
  flow: Readonly<ShallowRef<Flow>>
  manifests: Readonly<ShallowRef<NodeManifest[]>>
  pins: Readonly<ShallowRef<Pins>>
}

/** What part of a draft is tried on what: pins where there are any, else what an earlier run put out. */
export function useTrial({ flowId, flow, manifests, pins }: Subject, scope: Ref<TrialScope>) {
  const usePins = ref(true)
  const runs = shallowRef<EarlierRun[]>([])
  const chosen = ref<string | null>(null)
  const failure = shallowRef<Failure | null>(null)

  const pinned = computed(() => {
    const ids = new Set(flow.value.nodes.map(({ id }) => id))
    return [...pins.value.keys()].map(portOfKey).filter(({ node }) => ids.has(node))
  })
  const part = computed(() => trialPart(flow.value, scope.value, usePins.value ? pinned.value : []))
  const run = computed(() => runs.value.find(({ id }) => id === chosen.value) ?? bestRun(runs.value))
  const inputs = computed<TrialInput[]>(() => [
    ...part.value.given.map((port) => inputOf(port, 'pin', pins.value.get(portKey(port))?.length ?? 0)),
    ...part.value.missing.map((port) => {
      const found = run.value?.ports.find((one) => portKey(one) === portKey(port))
      return inputOf(port, found ? 'run' : 'missing', found?.items ?? 0)
    }),
    ...part.value.unused.map((port) => inputOf(port, 'unused', 0)),
  ])
  const missing = computed(() => inputs.value.filter(({ from }) => from === 'missing'))
  const given = computed(() => inputs.value.flatMap((input) => givenOf(input)))
  const trial = computed<Trial | undefined>(() =>
    scope.value === 'flow' && given.value.length === 0
      ? undefined
      : { scope: scope.value, given: given.value },
  )

  function inputOf({ node, port }: PortRef, from: TrialInput['from'], items: number): TrialInput {
    return { node, port, title: portTitle({ node, port }, flow.value, manifests.value), from, items }
  }

  function givenOf({ node, port, from }: TrialInput): Given[] {
    const items = pins.value.get(portKey({ node, port }))
    if (from === 'pin' && items) return [{ node, port, items: [...items] }]
    return from === 'run' && run.value ? [{ node, port, fromRun: run.value.id }] : []
  }

  const wanted = computed(() => JSON.stringify(part.value.missing.map(({ node, port }) => ({ node, port }))))
  let turn = 0
  async function look() {
    const mine = ++turn
    const ports = JSON.parse(wanted.value) as PortRef[]
    try {
      const found = ports.length === 0 ? [] : await api.runs.sources.query({ flowId, ports })
      if (mine !== turn) return
      runs.value = found
      failure.value = null
    } catch (error) {
      if (mine === turn) failure.value = failureFrom(error)
    }
  }
  watch(wanted, look, { immediate: true })

  /** Whether one of the nodes that run reads the brief. */
  const needsBrief = computed(() =>
    flow.value.nodes.some(({ id, type }) => type === 'brief' && part.value.runs.has(id)),
  )
  const hasPins = computed(() => pinned.value.length > 0)
  return { scope, usePins, hasPins, runs, run, chosen, inputs, missing, trial, needsBrief, failure, look }
}
