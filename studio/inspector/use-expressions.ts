import { type ComputedRef, type Ref, computed, ref, watch } from 'vue'
import { type FlowNode, type NodeManifest, isTemplate } from '#graph'
import type { DraftSession } from '../canvas/use-draft.ts'
import { dateTime } from '../ui/format.ts'
import { fieldsOf } from './fields.ts'
import { type Reference, referencesOf } from './reach.ts'
import { type Supply, supplyOf, variablesOf } from './samples.ts'
import type { Samples } from './use-samples.ts'

/** What the expressions of a node are completed from and looked at with. */
export interface Expressions {
  /** Evaluated when a text is completed or shown, not with every key. */
  references(): readonly Reference[]
  variables(): object
  supply: ComputedRef<Supply>
  /** Which item an `each` node is looked at with; null where the node takes all of them at once. */
  chosen: Ref<number> | null
  /** Whether it is known what there is to show. */
  ready: ComputedRef<boolean>
  /** Where the values come from, or why there are none. */
  note: ComputedRef<string>
  ask(): void
}

export function useExpressions(
  draft: DraftSession,
  samples: Samples,
  node: () => FlowNode,
  manifest: () => NodeManifest | null,
): Expressions {
  const { flow, manifests } = draft
  const { id } = node()
  const { values, failure, ask } = samples
  const mode = manifest()?.mode ?? 'each'
  const picked = ref(0)
  const supply = computed(() => supplyOf(flow.value, manifests.value, id, values.value))
  const chosen = computed({
    get: () => Math.max(0, Math.min(picked.value, supply.value.items.length - 1)),
    set: (at) => (picked.value = at),
  })
  const references = computed(() =>
    referencesOf(flow.value, manifests.value, id, supply.value, chosen.value, values.value.brief),
  )
  const note = computed(() => {
    if (failure.value) return `No values: ${failure.value.message}`
    const { loaded, run, template } = values.value
    if (supply.value.pinned) return 'Pinned sample data'
    if (!loaded) return 'Values are being looked up…'
    if (run && supply.value.real) return `Values of the run of ${dateTime(run.at)}`
    const why = run ? 'Nothing reached this node in the last run' : 'This flow has not run yet'
    if (run) return `${why}. Shown with the brief of that run.`
    return template
      ? `${why}. Shown with the sample brief “${template}”.`
      : `${why}: there are no values to show.`
  })

  // Fields that show what they come to want values at once; the others when somebody writes in them.
  const shows = () =>
    fieldsOf(manifest()?.config ?? {}).some(({ name, control }) => {
      const value = node().config[name]
      if (control.kind === 'conditions') return Array.isArray(value) && value.length > 0
      return control.kind === 'template' && typeof value === 'string' && isTemplate(value)
    })
  const feeds = () =>
    flow.value.edges
      .filter(({ target }) => target.node === id)
      .map(({ source }) => `${source.node}.${source.port}`)
  watch(
    () => (shows() ? feeds().join(' ') : null),
    (wanted) => wanted !== null && void ask(id),
    { immediate: true },
  )

  return {
    references: () => references.value,
    variables: () => variablesOf(mode, supply.value, chosen.value, values.value),
    supply,
    ready: computed(() => values.value.loaded || failure.value !== null),
    chosen: mode === 'each' ? chosen : null,
    note,
    ask: () => void ask(id),
  }
}
