import { z } from 'zod'
import { PORT_TYPES, type PortType } from './ports.ts'
import { factsOf } from './facts.ts'
import { CAPABILITIES, type NodeDefinition } from './node.ts'
import { NODE_WAIT_KINDS } from './waits.ts'

const portType = z.enum(PORT_TYPES as [PortType, ...PortType[]])
const knownCount = z.union([z.number(), z.object({ config: z.string(), times: z.number().optional() })])

/** A node as data: all that validator, planner, palette and forms need, without running its code. */
export const nodeManifestSchema = z.object({
  type: z.string(),
  version: z.number().int().positive(),
  title: z.string(),
  summary: z.string(),
  category: z.enum(['input', 'agents', 'models', 'flow', 'output']),
  icon: z.string(),
  mode: z.enum(['each', 'all']),
  per: z.string().optional(),
  config: z.record(z.string(), z.unknown()),
  inputs: z.record(
    z.string(),
    z.object({ type: portType, title: z.string(), required: z.boolean().optional() }),
  ),
  outputs: z.record(
    z.string(),
    z.object({
      type: portType,
      title: z.string(),
      items: knownCount.optional(),
      conditional: z.boolean().optional(),
      entry: z.object({ list: z.string(), index: z.number().int() }).optional(),
    }),
  ),
  uses: z.array(z.enum(CAPABILITIES)),
  calls: z
    .array(
      z.object({
        model: z.union([z.enum(['entry', 'item', 'config', 'way']), z.object({ agents: z.string() })]),
        max: knownCount,
      }),
    )
    .default([]),
  effect: z.enum(['none', 'idempotent', 'once']).optional(),
  needsApproval: z.boolean().optional(),
  takesNotes: z.boolean().optional(),
  waits: z.array(z.enum(NODE_WAIT_KINDS)).optional(),
  runs: z.object({ flow: z.string(), max: knownCount }).optional(),
  examples: z.array(z.record(z.string(), z.unknown())),
})
export type NodeManifest = z.infer<typeof nodeManifestSchema>

export const manifestOf = (definition: NodeDefinition): NodeManifest =>
  nodeManifestSchema.parse(factsOf(definition))
