/** Saved flows and their drafts. */
import type { Callables, Flow } from '#graph'

export interface FlowSummary {
  id: string
  slug: string
  name: string
  description: string
  template: string | null
  /** Null: the whole organisation's. */
  teamId: string | null
  publishedNumber: number | null
  updatedAt: string
}

export interface PublishedVersion {
  id: string
  number: number
  contentHash: string
  message: string
  createdAt: string
}

export interface FlowDetail extends FlowSummary {
  draft: Flow
  published: PublishedVersion | null
}

export interface FlowVersionSummary extends PublishedVersion {
  /** Null where nobody in particular published it, or where they are gone. */
  createdByName: string | null
}

export interface FlowStore {
  list(organisationId: string): Promise<FlowSummary[]>
  /** By id or slug; null where there is none in this organisation. */
  get(organisationId: string, idOrSlug: string): Promise<FlowDetail | null>
  /** Creates the organisation's own copy of a template, or returns the one that is there. */
  fromTemplate(organisationId: string, template: { id: string; flow: Flow }): Promise<FlowDetail>
  /** A flow of its own with this draft. Its slug is none of `reserved`. */
  create(organisationId: string, flow: Flow, reserved: readonly string[]): Promise<FlowDetail>
  /** Takes the flow out of every list without losing anything; false where there is none. */
  remove(organisationId: string, flowId: string): Promise<boolean>
  /** Brings a removed flow back; null where there is none. */
  restore(organisationId: string, flowId: string): Promise<FlowDetail | null>
  /** Newest first; null where there is no such flow. */
  versions(organisationId: string, flowId: string): Promise<FlowVersionSummary[] | null>
  /** Freezes the draft. The same content as the published version is the same version. */
  publish(
    organisationId: string,
    flowId: string,
    message: string,
    by: string | null,
  ): Promise<PublishedVersion>
  version(
    organisationId: string,
    versionId: string,
  ): Promise<{ id: string; flowId: string; flow: Flow } | null>
}

/** Flows as they are run, read at every start. */
export interface FlowsToRun {
  /** By id or slug: the published version, or the draft where there is none; null where there is no such flow. */
  find(
    organisationId: string,
    idOrSlug: string,
  ): Promise<{ flowId: string; versionId: string | null; flow: Flow } | null>
  /** Published flows that this one could run, by what is in the fields named of nodes of these types. */
  callables(
    organisationId: string,
    flowId: string,
    calling: { type: string; field: string }[],
  ): Promise<Callables>
}

/** A flow's draft as a live document. */
export interface StoredDraft {
  /** A Yjs update that makes the whole document. */
  state: Uint8Array
  /** Grows by one with every save. */
  revision: number
}

export interface DraftSave {
  state: Uint8Array
  /** The same as JSON. */
  flow: Flow
  /** Of the state that this one was made from. */
  revision: number
  authorId: string | null
  /** Keeps what was there before as a point of the history, however young the last point is. */
  keepPoint?: boolean
}

export interface DraftPoint {
  number: number
  /** When its author had last saved it. */
  at: string
  authorName: string | null
}

export interface DraftStore {
  /** Null where there is no such flow. A flow without a live document gets one made by `first`, durable on return. */
  open(
    organisationId: string,
    flowId: string,
    first: (draft: Flow) => Uint8Array,
  ): Promise<StoredDraft | null>
  has(organisationId: string, flowId: string): Promise<boolean>
  /** The new revision; null, and nothing is written, where somebody else has saved since `revision`. */
  save(organisationId: string, flowId: string, draft: DraftSave): Promise<number | null>
  /** Newest first; null where there is no such flow. */
  points(organisationId: string, flowId: string): Promise<DraftPoint[] | null>
  point(organisationId: string, flowId: string, number: number): Promise<Flow | null>
}
