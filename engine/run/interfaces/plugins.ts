import type { Failure, Grants } from '#graph'
import type { HostPort, Json } from '../interfaces.ts'

/** One run of a plugin by itself, outside any flow. */
export interface PluginTrial {
  /** Names the plugin in messages; its ending says what language it is in. */
  file: string
  source: string
  grants: Grants
  input: Json
  host: Pick<HostPort, 'generate' | 'request'>
}

export interface PluginOutcome {
  status: 'succeeded' | 'failed'
  /** What a function returned, or lists of items by the ports of a node; null where it failed. */
  output: Json
  error: Pick<Failure, 'code' | 'message' | 'fix'> | null
  logs: { message: string; facts: Json }[]
  /** What it did beside its output, in order. */
  events: PluginEvent[]
  usage: { wallMs: number; cpuMs: number; peakBytes: number }
}

export type PluginEvent =
  | { kind: 'progress'; message: string }
  | { kind: 'wait'; wait: Json }
  | { kind: 'model'; purpose: string; error: string | null }
  | { kind: 'http'; method: string; url: string; status: number | null; error: string | null }
