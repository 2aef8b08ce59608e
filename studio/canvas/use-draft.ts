import {
  type ComputedRef,
  type Ref,
  type ShallowRef,
  computed,
  onScopeDispose,
  ref,
  shallowRef,
  watch,
} from 'vue'
import * as Y from 'yjs'
import {
  type Catalog,
  type Failure,
  type Finding,
  type Flow,
  type FlowDiff,
  type NodeManifest,
  flowOf,
  manifestKey,
  undoManagerOf,
  validateFlow,
} from '#graph'
import { api } from '../app/api.ts'
import { useSession } from '../app/session.ts'
import { failureFrom } from '../ui/failure.ts'
import { type DraftState, linkDraft } from './draft-link.ts'
import type { CanvasOverlay } from './overlay.ts'
import { type Peer, type Point, usePresence } from './presence.ts'

export type { CanvasOverlay } from './overlay.ts'
export type { DraftState } from './draft-link.ts'
export type { Peer } from './presence.ts'

const VALIDATE_AFTER_MS = 150

/** A flow that is being edited, live. Every edit goes into `doc` with `origin`; everything else is read from it. */
export interface DraftSession {
  flowId: string
  doc: Y.Doc
  /** Pass it to every edit: undo takes back only what carries it. */
  origin: object
  flow: Readonly<ShallowRef<Flow>>
  manifests: Readonly<ShallowRef<NodeManifest[]>>
  catalog: Readonly<ShallowRef<Catalog | null>>
  findings: ComputedRef<Finding[]>
  /** Ids of nodes, edges and notes. */
  selection: Readonly<ShallowRef<ReadonlySet<string>>>
  select(ids: Iterable<string>): void
  /** Selects and brings into view. */
  reveal(ids: Iterable<string>): void
  revealed: Readonly<ShallowRef<readonly string[]>>
  /** Runs `change` as one step of undo, however soon another follows. */
  step<T>(change: () => T): T
  undo(): void
  redo(): void
  canUndo: Readonly<Ref<boolean>>
  canRedo: Readonly<Ref<boolean>>
  state: Readonly<Ref<DraftState>>
  /** Why the server refused, once it did. */
  refusal: Readonly<Ref<string | null>>
  /** Whether this browser keeps a copy of its own. */
  kept: Readonly<Ref<boolean>>
  /** False until there is a draft to show. */
  loaded: Readonly<Ref<boolean>>
  failure: Readonly<ShallowRef<Failure | null>>
  readOnly: Readonly<Ref<boolean>>
  peers: Readonly<ShallowRef<Peer[]>>
  setCursor(point: Point | null): void
  overlay: ShallowRef<CanvasOverlay | null>
  close(): void
}

/** Opens a draft for as long as the calling scope lives. */
export function useDraft(flowId: string): DraftSession {
  const { current } = useSession()
  const user = { id: current?.user.id ?? 'unknown', name: current?.user.name ?? 'Somebody' }
  const doc = new Y.Doc()
  const origin = {}
  // One copy per person and organisation: the next one who signs in on this machine must not see it.
  const storageName = `pressroom/draft/${current?.organisation.id}/${user.id}/${flowId}`
  const link = linkDraft(doc, { flowId, storageName })
  const flow = shallowRef(flowOf(doc))
  const selection = shallowRef<ReadonlySet<string>>(new Set())
  const revealed = shallowRef<readonly string[]>([])
  const overlay = shallowRef<CanvasOverlay | null>(null)
  const presence = link.awareness ? usePresence(link.awareness, user) : null
  const { manifests, catalog, failure } = useSurroundings()
  const history = useHistory(doc, origin)

  let due = false
  let closed = false
  function refresh() {
    due = false
    if (closed) return
    flow.value = flowOf(doc)
    const ids = idsOf(flow.value)
    if ([...selection.value].some((id) => !ids.has(id)))
      select([...selection.value].filter((id) => ids.has(id)))
  }
  function onUpdate(_update: Uint8Array, _origin: unknown, _doc: Y.Doc, { local }: Y.Transaction) {
    if (due) return
    due = true
    // What others do may come in bursts: once per frame is enough. A page out of sight gets no frames.
    if (local || document.hidden) queueMicrotask(refresh)
    else requestAnimationFrame(refresh)
  }
  doc.on('update', onUpdate)
  // Whoever hears that there is a draft must find it in `flow`, not a frame later.
  watch(link.loaded, refresh, { flush: 'sync' })

  function select(ids: Iterable<string>) {
    const next = new Set(ids)
    if (next.size === selection.value.size && [...next].every((id) => selection.value.has(id))) return
    selection.value = next
    presence?.setSelection(next)
  }

  function close() {
    if (closed) return
    closed = true
    doc.off('update', onUpdate)
    link.close()
    history.close()
    doc.destroy()
  }
  onScopeDispose(close)

  return {
    flowId,
    doc,
    origin,
    flow,
    manifests,
    catalog,
    findings: useFindings(flow, manifests, catalog),
    selection,
    select,
    reveal(ids) {
      const wanted = [...ids]
      // What a comparison draws although it is gone can be shown, not selected.
      const gone = new Set(overlay.value?.kind === 'diff' ? removedFrom(overlay.value.diff) : [])
      select(wanted.filter((id) => !gone.has(id)))
      revealed.value = wanted
    },
    revealed,
    ...history,
    state: link.state,
    refusal: link.refusal,
    kept: link.kept,
    loaded: link.loaded,
    failure,
    readOnly: link.readOnly,
    peers: presence?.peers ?? shallowRef([]),
    setCursor: (point) => presence?.setCursor(point),
    overlay,
    close,
  }
}

const idsOf = ({ nodes, edges, notes, groups }: Flow): Set<string> =>
  new Set([...nodes, ...edges, ...notes, ...groups].map(({ id }) => id))

const removedFrom = ({ nodes, edges, notes, groups }: FlowDiff): string[] =>
  [nodes, edges, notes, groups].flatMap(({ removed }) => removed.map(({ id }) => id))

/** What a draft refers to: the installed nodes and the organisation's catalogue. */
function useSurroundings() {
  const manifests = shallowRef<NodeManifest[]>([])
  const catalog = shallowRef<Catalog | null>(null)
  const failure = shallowRef<Failure | null>(null)
  async function load() {
    try {
      const [nodes, contentTypes, agents, models] = await Promise.all([
        api.nodes.list.query(),
        api.catalog.contentTypes.query(),
        api.catalog.agents.query(),
        api.models.list.query(),
      ])
      manifests.value = nodes
      catalog.value = { contentTypes, agents, models: models.configurations }
    } catch (error) {
      failure.value = failureFrom(error)
    }
  }
  void load()
  return { manifests, catalog, failure }
}

function useFindings(
  flow: ShallowRef<Flow>,
  manifests: ShallowRef<NodeManifest[]>,
  catalog: ShallowRef<Catalog | null>,
): ComputedRef<Finding[]> {
  const findings = shallowRef<Finding[]>([])
  const known = computed(() =>
    Object.fromEntries(manifests.value.map((manifest) => [manifestKey(manifest), manifest])),
  )
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    [flow, manifests, catalog],
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        if (catalog.value) findings.value = validateFlow(flow.value, known.value, catalog.value)
      }, VALIDATE_AFTER_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))
  return computed(() => findings.value)
}

function useHistory(doc: Y.Doc, origin: object) {
  const manager = undoManagerOf(doc, origin)
  const canUndo = ref(false)
  const canRedo = ref(false)
  function read() {
    canUndo.value = manager.canUndo()
    canRedo.value = manager.canRedo()
  }
  manager.on('stack-item-added', read)
  manager.on('stack-item-popped', read)
  manager.on('stack-cleared', read)
  return {
    canUndo,
    canRedo,
    undo: () => void manager.undo(),
    redo: () => void manager.redo(),
    step<T>(change: () => T): T {
      manager.stopCapturing()
      const result = change()
      manager.stopCapturing()
      return result
    },
    close: () => manager.destroy(),
  }
}
