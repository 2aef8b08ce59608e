/** Documents from outside: exported files, what somebody wrote by hand, what somebody made to do harm. */
import {
  type Catalog,
  type Finding,
  type Flow,
  type NodeManifest,
  manifestKey,
  migrateFlow,
  validateFlow,
} from '#graph'

const MAX_DEPTH = 64
const MAX_VALUES = 500_000
/** A hostile file may have a fault in each of its places; nobody reads more than these. */
const MAX_FINDINGS = 200

/** Faults of the drawing itself. Others (an agent that is not here, a field left empty) can be mended in the draft. */
const OF_SHAPE = new Set([
  'flow.schema',
  'flow.version_missing',
  'flow.version_unknown',
  'flow.version_newer',
  'flow.hostile',
  'flow.duplicate_id',
  'flow.cycle',
  'edge.unknown_node',
  'edge.type_mismatch',
  'edge.duplicate',
  'group.unknown_node',
  'subflow.unknown',
  'subflow.cycle',
])

export const faultsOfShape = (findings: Finding[]): Finding[] =>
  findings.filter(({ code, severity }) => severity === 'error' && OF_SHAPE.has(code))

/** The flow is null when the document has not the shape of one; nothing of it is then used. */
export function readDocument(
  document: unknown,
  manifests: NodeManifest[],
  catalog: Catalog,
): { flow: Flow | null; findings: Finding[] } {
  const hostile = hostileFinding(document)
  if (hostile) return { flow: null, findings: [hostile] }
  const { flow, findings } = migrateFlow(document)
  if (!flow) return { flow, findings: findings.slice(0, MAX_FINDINGS) }
  const installed = Object.fromEntries(manifests.map((manifest) => [manifestKey(manifest), manifest]))
  return { flow, findings: validateFlow(flow, installed, catalog).slice(0, MAX_FINDINGS) }
}

/** Looks for what would do harm to the reading itself. Without recursion, which a deep document would exhaust. */
function hostileFinding(document: unknown): Finding | null {
  const queue: { value: unknown; path: string; depth: number }[] = [{ value: document, path: '', depth: 0 }]
  for (let next = queue.pop(), seen = 0; next; next = queue.pop()) {
    const { value, path, depth } = next
    if (value === null || typeof value !== 'object') continue
    if (depth > MAX_DEPTH) return hostile(path, `nested more than ${MAX_DEPTH} deep`)
    const entries = Object.entries(value)
    seen += entries.length
    if (seen > MAX_VALUES) return hostile(path, `more than ${MAX_VALUES} values`)
    for (const [key, inner] of entries) {
      const at = path === '' ? key : `${path}.${key}`
      if (key === '__proto__') return hostile(at, 'a name that is not allowed')
      queue.push({ value: inner, path: at, depth: depth + 1 })
    }
  }
  return null
}

const hostile = (path: string, message: string): Finding => ({
  code: 'flow.hostile',
  severity: 'error',
  nodeId: null,
  path,
  message,
  fix: 'Take a file that Pressroom exported.',
})
