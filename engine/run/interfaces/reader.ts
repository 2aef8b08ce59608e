import type {
  ChildSummary,
  Flow,
  NodeManifest,
  RunDocument,
  RunEvent,
  RunRecord,
  RunSummary,
  StreamChunk,
} from '#graph'
import type { OutputRecord } from '../interfaces.ts'
import type { OpenWait } from './waits.ts'

/** What is known of runs, for whoever shows them. */
export interface RunReader {
  list(
    organisationId: string,
    page: {
      limit: number
      before?: string
      flowId?: string
      /** Runs that steps of others started as well. */
      children?: boolean
      /** Runs of these flows and of flows of these teams (and of no team) only. */
      reach?: { everyTeam: boolean; teamIds: readonly string[]; flowIds: readonly string[] | null }
    },
  ): Promise<RunSummary[]>
  document(organisationId: string, runId: string): Promise<RunDocument | null>
  record(organisationId: string, runId: string): Promise<RunRecord | null>
  /** Flow and manifests that the run was started with, for drawing its graph. */
  flow(organisationId: string, runId: string): Promise<{ flow: Flow; manifests: NodeManifest[] } | null>
  /** Events with a number above `after`, in order, at most `limit`; null where there is no such run. */
  events(organisationId: string, runId: string, after: number, limit: number): Promise<RunEvent[] | null>
  /**
   * What a node put out (through one port, if named) in the run's stable order: at most `limit` items and how many there
   * are. Null where there is no such run.
   */
  outputs(
    organisationId: string,
    runId: string,
    of: { nodeId: string; port?: string; limit: number },
  ): Promise<{ total: number; outputs: OutputRecord[] } | null>
  /** The latest runs of a flow that put anything out at one of these ports, newest first, and how much at which. */
  sources(
    organisationId: string,
    flowId: string,
    ports: { node: string; port: string }[],
    limit: number,
  ): Promise<{ id: string; createdAt: string; ports: { node: string; port: string; items: number }[] }[]>
  /** What the run's steps wait for, the one that began first at the top; null where there is no such run. */
  waits(organisationId: string, runId: string): Promise<OpenWait[] | null>
  /** The runs that its steps start, in the order of the steps and of what they work on; null where there is no such run. */
  children(organisationId: string, runId: string): Promise<ChildSummary[] | null>
  /** Texts being written right now, each from its beginning. */
  streams(organisationId: string, runId: string): Promise<StreamChunk[]>
  /** Calls back whenever a run has new events or stream text. Returns a function that ends it. */
  watch(runId: string, onChange: () => void): () => void
}
