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
  type Pins,
  type PortRef,
  type TrialScope,
  findingsIn,
  flowOf,
  undoManagerOf,
} from '#graph'
import { api } from '../app/api.ts'
import { useSession } from '../app/session.ts'
import { failureFrom } from '../ui/failure.ts'
import { type DraftState, linkDraft } from './draft-link.ts'
import type { CanvasOverlay } from './overlay.ts'
import { type Peer, type Point, usePresence } from './presence.ts'
import { usePins } from './use-pins.ts'
import type { Level } from './subflow-level.ts'
import { useLevels } from './use-levels.ts'

export type { CanvasOverlay } from './overlay.ts'
export type { DraftState } from './draft-link.ts'
export type { Peer } from './presence.ts'

export type TrialWish =
  | { kind: 'run'; scope: TrialScope }
  | ({ kind: 'pin' } & PortRef)
  | { kind: 'replay'; run: string }

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
  /** By `manifestKey`. */
  known: ComputedRef<Record<string, NodeManifest>>
  findings: ComputedRef<Finding[]>
  /** The sub-flow that is open; null is the top level. */
  inside: ComputedRef<string | null>
  /** What of the flow is on the canvas. */
  level: ComputedRef<Level>
  enter(subflow: string | null): void
  /** Ids of nodes, edges, notes, groups and sub-flows on the open level. */
  selection: Readonly<ShallowRef<ReadonlySet<string>>>
  select(ids: Iterable<string>): void
  /** Opens the level where they lie, selects them and brings them into view. */
  reveal(ids: Iterable<string>): void
  revealed: Readonly<ShallowRef<readonly string[]>>
  /** Selects a node, brings it into view and asks its form for the field at `path` (`prompt`, `agents.0.model`). */
  revealField(node: string, path: string): void
  /** The field that is asked for; the form that shows it sets it back to null. */
  wantedField: ShallowRef<{ node: string; path: string } | null>
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
  /** Sample data by `<node>.<port>`. */
  pins: Readonly<ShallowRef<Pins>>
  /** What was asked of the panel in which flows are tried. */
  wish: ShallowRef<TrialWish | null>
  /** The run that is looked at, also while another panel is open. */
  trialRun: ShallowRef<string | null>
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
  const wantedField = shallowRef<{ node: string; path: string } | null>(null)
  const presence = link.awareness ? usePresence(link.awareness, user) : null
  const { manifests, catalog, failure } = useSurroundings(flowId)
  const history = useHistory(doc, origin)
  const { inside, level, known, enter, levelWith } = useLevels(flow, manifests)

  let due = false
  let closed = false
  function refresh() {
    due = false
    if (closed) return
    flow.value = flowOf(doc)
    const ids = idsOf(level.value.whole)
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

  function reveal(ids: Iterable<string>) {
    // What was just made or moved has its place already.
    if (due) refresh()
    const wanted = [...ids]
    const level = levelWith(wanted[0])
    if (level !== inside.value) enter(level)
    // What a comparison draws although it is gone can be shown, not selected.
    const gone = new Set(overlay.value?.kind === 'diff' ? removedFrom(overlay.value.diff) : [])
    select(wanted.filter((id) => !gone.has(id)))
    revealed.value = wanted
  }

  watch(
    inside,
    (id) => {
      select([])
      presence?.setInside(id)
    },
    { flush: 'sync' },
  )

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
    known,
    findings: useFindings(flow, known, catalog),
    inside,
    level,
    enter,
    selection,
    select,
    reveal,
    revealed,
    revealField(node, path) {
      reveal([node])
      wantedField.value = { node, path }
    },
    wantedField,
    pins: usePins(doc),
    wish: shallowRef(null),
    trialRun: shallowRef(null),
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

const removedFrom = ({ nodes, edges, notes, groups, subflows }: FlowDiff): string[] =>
  [nodes, edges, notes, groups, subflows].flatMap(({ removed }) => removed.map(({ id }) => id))

/** What a draft refers to: the installed nodes and the organisation's catalogue. */
function useSurroundings(flowId: string) {
  const manifests = shallowRef<NodeManifest[]>([])
  const catalog = shallowRef<Catalog | null>(null)
  const failure = shallowRef<Failure | null>(null)
  async function load() {
    try {
      const [nodes, contentTypes, agents, models, callables] = await Promise.all([
        api.nodes.list.query(),
        api.catalog.contentTypes.query(),
        api.catalog.agents.query(),
        api.models.list.query(),
        api.flows.callable.query({ id: flowId }),
      ])
      manifests.value = nodes
      catalog.value = { contentTypes, agents, models: models.configurations, callables }
    } catch (error) {
      failure.value = failureFrom(error)
    }
  }
  void load()
  return { manifests, catalog, failure }
}

function useFindings(
  flow: ShallowRef<Flow>,
  known: ComputedRef<Record<string, NodeManifest>>,
  catalog: ShallowRef<Catalog | null>,
): ComputedRef<Finding[]> {
  const findings = shallowRef<Finding[]>([])
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    [flow, known, catalog],
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        if (catalog.value) findings.value = findingsIn(flow.value, known.value, catalog.value)
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
