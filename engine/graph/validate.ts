import { z } from 'zod'
import { type NodeManifest, portsConnect } from '#sdk'
import { type Catalog, type RunInput, runInputSchema } from './catalog.ts'
import { activeFlow, manifestKey, topologicalOrder } from './compile.ts'
import { type Finding, check, errorAt } from './findings.ts'
import { type Flow, type FlowNode, flowSchema } from './flow.ts'
import { hintFindings } from './hint-findings.ts'
import { ERROR_PORT, manifestFor, settingsFindings } from './node-settings.ts'
import { approvalFindings } from './approval-findings.ts'
import { groupFindings, subflowFindings } from './validate-levels.ts'

type Manifests = Record<string, NodeManifest>

/** Parses a document of unknown origin. The flow is null when its shape is wrong; nothing of it is then used. */
export function parseFlow(document: unknown): { flow: Flow | null; findings: Finding[] } {
  const { value, findings } = check(flowSchema, document, { code: 'flow.schema' })
  return { flow: value, findings }
}

/** The one validator: studio, publish, import and API all call it. An empty list means that the flow can run. */
export function validateFlow(document: unknown, manifests: Manifests, catalog: Catalog): Finding[] {
  const { flow, findings } = parseFlow(document)
  return flow ? findingsIn(flow, manifests, catalog) : findings
}

/**
 * The validator on what is known to have a flow's shape, such as a draft that is being edited. Whoever asks again may
 * hand in other nodes, but not the same ones altered: a configuration is judged once.
 */
export function findingsIn(flow: Flow, manifests: Manifests, catalog: Catalog): Finding[] {
  return [
    ...duplicates(flow),
    ...edgeFindings(flow, manifests),
    ...nodeFindings(flow, manifests, catalog),
    ...cycleFindings(flow),
    ...approvalFindings(flow, manifests),
    ...groupFindings(flow),
    ...subflowFindings(flow),
  ]
}

function duplicates(flow: Flow): Finding[] {
  const findings: Finding[] = []
  for (const kind of ['nodes', 'edges', 'notes', 'groups', 'subflows'] as const) {
    const seen = new Set<string>()
    flow[kind].forEach(({ id }, index) => {
      if (seen.has(id)) {
        const nodeId = kind === 'nodes' ? id : null
        findings.push(
          errorAt(
            nodeId,
            `${kind}.${index}.id`,
            'flow.duplicate_id',
            `"${id}" is there twice`,
            'Give one another id.',
          ),
        )
      }
      seen.add(id)
    })
  }
  return findings
}

function edgeFindings(flow: Flow, manifests: Manifests): Finding[] {
  const nodes = new Map(flow.nodes.map((node) => [node.id, node]))
  const findings: Finding[] = []
  const seen = new Set<string>()
  flow.edges.forEach((edge, index) => {
    const at = (side: string) => `edges.${index}.${side}`
    const ends = (['source', 'target'] as const).map((side) => {
      const node = nodes.get(edge[side].node)
      if (!node) {
        const message = `there is no node "${edge[side].node}"`
        findings.push(
          errorAt(null, at(`${side}.node`), 'edge.unknown_node', message, 'Connect it or remove it.'),
        )
        return null
      }
      const manifest = manifestFor(node, manifests)
      const port = manifest?.[side === 'source' ? 'outputs' : 'inputs'][edge[side].port]
      if (manifest && !port) {
        const message = `${manifest.title} has no ${side === 'source' ? 'output' : 'input'} "${edge[side].port}"`
        findings.push(
          errorAt(node.id, at(`${side}.port`), 'edge.unknown_port', message, 'Connect another port.'),
        )
      }
      return port ?? null
    })
    const [from, to] = ends
    if (from && to && !portsConnect(from.type, to.type)) {
      const message = `a ${from.type} can't go into ${to.title}, which takes a ${to.type}`
      findings.push(
        errorAt(edge.target.node, at('target'), 'edge.type_mismatch', message, 'Connect matching ports.'),
      )
    }
    const same = JSON.stringify([edge.source, edge.target])
    if (seen.has(same)) {
      findings.push(
        errorAt(edge.target.node, `edges.${index}`, 'edge.duplicate', 'drawn twice', 'Remove one of them.'),
      )
    }
    seen.add(same)
  })
  return findings
}

function nodeFindings(flow: Flow, manifests: Manifests, catalog: Catalog): Finding[] {
  if (flow.nodes.every((node) => node.disabled)) {
    return [errorAt(null, 'nodes', 'flow.empty', 'the flow has no node that is switched on', 'Add a node.')]
  }
  const active = activeFlow(flow)
  const connected = connectedInputs(active)
  const handled = new Set(
    active.edges.filter(({ source }) => source.port === ERROR_PORT).map(({ source }) => source.node),
  )
  return flow.nodes.flatMap((node, index) => {
    const manifest = manifests[manifestKey(node)]
    const at = `nodes.${index}`
    if (!manifest) {
      const message = `no node type "${node.type}" of version ${node.version} is installed`
      return [
        errorAt(
          node.id,
          `${at}.type`,
          'node.unknown_type',
          message,
          'Install its plugin or replace the node.',
        ),
      ]
    }
    if (node.disabled) return []
    return [
      ...configFindings(node, manifest, at),
      ...hintFindings(node, manifest, catalog, at),
      ...settingsFindings(node, manifest, handled.has(node.id), at),
      ...missingInputs(node, manifest, connected.get(node.id) ?? NONE, at),
    ]
  })
}

const configSchemas = new WeakMap<NodeManifest, z.ZodType>()

/** Configurations that were found sound, and by which manifest. */
const sound = new WeakMap<FlowNode['config'], NodeManifest>()

function configFindings(node: FlowNode, manifest: NodeManifest, at: string): Finding[] {
  if (sound.get(node.config) === manifest) return []
  let schema = configSchemas.get(manifest)
  if (!schema) {
    schema = z.fromJSONSchema(manifest.config)
    configSchemas.set(manifest, schema)
  }
  const { findings } = check(schema, node.config, {
    code: 'node.config_invalid',
    nodeId: node.id,
    prefix: `${at}.config`,
  })
  if (findings.length === 0) sound.set(node.config, manifest)
  return findings
}

const NONE: ReadonlySet<string> = new Set()

/** By node, the inputs that something leads to. */
function connectedInputs({ edges }: Flow): Map<string, Set<string>> {
  const connected = new Map<string, Set<string>>()
  for (const { target } of edges) {
    const ports = connected.get(target.node)
    if (ports) ports.add(target.port)
    else connected.set(target.node, new Set([target.port]))
  }
  return connected
}

function missingInputs(
  node: FlowNode,
  manifest: NodeManifest,
  connected: ReadonlySet<string>,
  at: string,
): Finding[] {
  const ports = Object.entries(manifest.inputs)
  const missing = ports.filter(([port, input]) => input.required !== false && !connected.has(port))
  // A node that takes items one by one is content with any of its inputs.
  const content = manifest.mode === 'each' && connected.size > 0
  if (content) return []
  return missing.map(([port, input]) =>
    errorAt(
      node.id,
      `${at}.inputs.${port}`,
      'input.unconnected',
      `nothing is connected to ${input.title}`,
      `Connect something to "${port}".`,
    ),
  )
}

function cycleFindings(flow: Flow): Finding[] {
  const { rest } = topologicalOrder(flow)
  if (rest.length === 0) return []
  const places = new Map(flow.nodes.map(({ id }, index) => [id, index]))
  return rest.map((id) => {
    const message = 'this node is on a cycle or waits for one'
    return errorAt(
      id,
      `nodes.${places.get(id)}`,
      'flow.cycle',
      message,
      'Remove an edge; repeat with a node that has a bound.',
    )
  })
}

/** Parses a run's input. A flow that starts from a brief cannot do without one. */
export function checkInput(flow: Flow, input: unknown): { input: RunInput | null; findings: Finding[] } {
  const { value, findings } = check(runInputSchema, input, { code: 'input.invalid' })
  if (!value) return { input: null, findings }
  if (!value.brief && activeFlow(flow).nodes.some((node) => node.type === 'brief')) {
    return {
      input: null,
      findings: [
        errorAt(null, 'brief', 'input.invalid', 'required', 'This flow starts from a brief: give it one.'),
      ],
    }
  }
  return { input: value, findings: [] }
}
