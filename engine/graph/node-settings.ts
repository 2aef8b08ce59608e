/** What a flow says of a node beside its configuration: the same for every type. */
import { z } from 'zod'
import type { NodeManifest } from '#sdk'
import { withEntryPorts } from './entry-ports.ts'
import { errorAt, type Finding } from './findings.ts'
import type { FlowNode } from './flow.ts'

export const retrySchema = z.strictObject({
  /** In all: 1 is never again. */
  attempts: z.number().int().min(1).max(20),
  firstDelaySeconds: z.number().min(0).max(3_600),
  /** Each wait is so many times the one before. */
  factor: z.number().min(1).max(10),
  /** How far a wait may differ from that, as a part of it. */
  jitter: z.number().min(0).max(1),
})
export type Retry = z.infer<typeof retrySchema>

export const DEFAULT_RETRY: Retry = { attempts: 3, firstDelaySeconds: 1, factor: 3, jitter: 0.2 }
export const MAX_TIMEOUT_SECONDS = 3_600

export const nodeSettingsSchema = z.strictObject({
  retry: retrySchema.partial().optional(),
  /** How long one attempt of a step may work. Waiting does not count. */
  timeoutSeconds: z.number().int().min(1).max(MAX_TIMEOUT_SECONDS).optional(),
  /** `port`: what a step fails with goes out at the port `error`, with the item. */
  onError: z.enum(['fail', 'port']).optional(),
  /** For a step that may have done something outside and was lost: do it again, ask a person, or fail. */
  onUncertain: z.enum(['retry', 'ask', 'fail']).optional(),
  /** Its steps run only with what people have approved in this run, as it was then. As its type says when absent. */
  needsApproval: z.boolean().optional(),
})
export type NodeSettings = z.infer<typeof nodeSettingsSchema>

export const ERROR_PORT = 'error'

interface Configured {
  type: string
  version: number
  config: FlowNode['config']
  settings?: NodeSettings | undefined
}

const widened = new WeakMap<NodeManifest, NodeManifest>()

type Manifests = Readonly<Record<string, NodeManifest>> | ReadonlyMap<string, NodeManifest>

const isMap = (manifests: Manifests): manifests is ReadonlyMap<string, NodeManifest> =>
  manifests instanceof Map

/** A node's manifest with all ports that it has in its flow; undefined where its type is not installed. */
export function manifestFor(node: Configured, manifests: Manifests): NodeManifest | undefined {
  const key = `${node.type}@${node.version}`
  const manifest = isMap(manifests) ? manifests.get(key) : manifests[key]
  return manifest && withEntryPorts(node.config, portsOf(node, manifest))
}

/** The manifest with the ports that a node has by its settings. The same object for the same manifest. */
export function portsOf({ settings }: Pick<Configured, 'settings'>, manifest: NodeManifest): NodeManifest {
  if (settings?.onError !== 'port' || Object.hasOwn(manifest.outputs, ERROR_PORT)) return manifest
  let wider = widened.get(manifest)
  if (!wider) {
    const error = { type: 'json' as const, title: 'When it fails', conditional: true }
    wider = { ...manifest, outputs: { ...manifest.outputs, [ERROR_PORT]: error } }
    widened.set(manifest, wider)
  }
  return wider
}

export const retryOf = ({ settings }: Pick<Configured, 'settings'>): Retry => ({
  ...DEFAULT_RETRY,
  ...settings?.retry,
})

/** What happens to a step of this node that may have done something outside and was lost; null: it is run again. */
export function uncertainPolicy(
  { settings }: Pick<Configured, 'settings'>,
  { effect }: NodeManifest,
): 'ask' | 'fail' | null {
  if (effect !== 'once') return null
  const policy = settings?.onUncertain ?? 'ask'
  return policy === 'retry' ? null : policy
}

export const needsApproval = (
  { settings }: Pick<Configured, 'settings'>,
  manifest: Pick<NodeManifest, 'needsApproval'>,
): boolean => settings?.needsApproval ?? manifest.needsApproval ?? false

export function settingsFindings(
  node: Configured & { id: string },
  manifest: NodeManifest,
  connected: boolean,
  at: string,
): Finding[] {
  if (node.settings?.onError !== 'port') return []
  const path = `${at}.settings.onError`
  if (Object.hasOwn(manifest.outputs, ERROR_PORT)) {
    const message = `${manifest.title} has an output “${ERROR_PORT}” of its own`
    return [errorAt(node.id, path, 'settings.port_taken', message, 'Let failures end the item’s way here.')]
  }
  if (connected) return []
  const message = 'nothing is connected to “When it fails”, so a failure still counts as one'
  const finding = errorAt(node.id, path, 'settings.port_unused', message, 'Connect it, or let it fail.')
  return [{ ...finding, severity: 'warning' }]
}
