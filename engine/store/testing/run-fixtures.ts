import type { Draft, Evaluation, Flow, Ranking } from '#graph'
import { NO_USAGE } from '#graph'
import type {
  CallRecord,
  Json,
  OutputRecord,
  RunProgress,
  RunSnapshot,
  RunStore,
  RunWrites,
  StepRecord,
  Transition,
} from '#run/interfaces.ts'

/** Small valid values to store and read back. */

export const progress = (ready = 0): RunProgress => ({
  nodes: {},
  items: {},
  ready,
  waiting: 0,
  stop: null,
  slots: { local: 0, external: 0 },
  withoutWinner: false,
  delivered: false,
  firstFailure: null,
  usage: NO_USAGE,
})

export function snapshotOf(
  organisationId: string,
  id: string,
  nodes: string[] = ['write', 'rank', 'deliver'],
): RunSnapshot {
  const flow: Flow = {
    schemaVersion: 1,
    name: 'Blog post swarm',
    description: '',
    nodes: nodes.map((node) => ({ id: node, type: node, version: 1, position: { x: 0, y: 0 }, config: {} })),
    edges: nodes.slice(1).map((node, index) => ({
      id: `e${index}`,
      source: { node: nodes[index] ?? '', port: 'out' },
      target: { node, port: 'in' },
    })),
    notes: [],
    groups: [],
    subflows: [],
    limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
  }
  const model = {
    id: 'sample',
    agent: null,
    provider: 'sample',
    model: 'sample',
    label: 'Sample model: no AI',
    local: true,
  }
  return {
    id,
    organisationId,
    flow,
    manifests: {},
    catalog: {
      contentTypes: [],
      agents: [],
      models: [
        { ...model, isDefault: true, temperature: 0.7, maxOutputTokens: 4096 },
        {
          ...model,
          id: 'unused',
          label: 'Unused',
          isDefault: false,
          temperature: 0.7,
          maxOutputTokens: 4096,
        },
      ],
    },
    input: {
      brief: {
        topic: 'Tea',
        audience: 'Cooks',
        goal: 'Sell tea',
        keyPoints: ['Fresh leaves'],
        tone: 'casual',
      },
    },
    seed: 7,
    plan: { drafts: 1, steps: [], maxCalls: 0, destinations: [], exact: true },
    trial: null,
    replay: null,
    parent: null,
    edits: [],
  }
}

export function stepOf(
  run: { id: string; organisationId: string },
  name: string,
  more: Partial<StepRecord> = {},
): StepRecord {
  return {
    id: `${run.id}-${name}`,
    runId: run.id,
    organisationId: run.organisationId,
    nodeId: 'write',
    path: name,
    ordinal: [],
    label: name,
    status: 'ready',
    attempt: 0,
    inputId: null,
    inputPort: null,
    entry: null,
    holds: [],
    needsLocal: false,
    needsExternal: false,
    leaseOwner: null,
    startedAt: null,
    attempts: [],
    resumedFrom: null,
    ...more,
  }
}

export function outputOf(step: StepRecord, value: Json, more: Partial<OutputRecord> = {}): OutputRecord {
  return {
    id: `${step.id}.0`,
    stepId: step.id,
    nodeId: step.nodeId,
    port: 'out',
    portType: 'text',
    path: step.path,
    ordinal: step.ordinal,
    label: step.label,
    value,
    ...more,
  }
}

export function callOf(step: StepRecord, key: string): CallRecord {
  return {
    id: `${step.id}/${key}`,
    stepId: step.id,
    key,
    purpose: 'First draft',
    model: 'sample',
    provider: 'sample',
    request: { prompt: 'Write' },
    text: 'Tea is good.',
    data: null,
    usage: { calls: 1, inputTokens: 3, outputTokens: 4, costMicros: 5 },
    durationMs: 6,
  }
}

export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json

const brief: Draft['brief'] = {
  contentType: { slug: 'blog-post', name: 'Blog post', description: '', systemContext: '' },
  topic: 'Tea',
  audience: 'Cooks',
  goal: 'Sell tea',
  keyPoints: ['Fresh leaves'],
  tone: 'casual',
}

const agent = (slug: string, role: 'writer' | 'editor' | 'evaluator') => ({
  slug,
  role,
  name: `The ${slug}`,
  description: '',
  systemPrompt: '',
  criteria: [],
})

const author = (slug: string, role: 'writer' | 'editor' | 'evaluator') => ({
  role,
  slug,
  name: `The ${slug}`,
  model: 'sample',
})

export function draftOf(id: string, parent: string | null, texts: string[]): Draft {
  return {
    id,
    parent,
    brief,
    writer: agent('creative', 'writer'),
    editor: parent === null ? null : agent('clarity', 'editor'),
    model: 'sample',
    status: parent === null ? 'written' : 'approved',
    text: texts.at(-1) ?? '',
    revisions: texts.map((text, index) => ({
      number: index + 1,
      text,
      author: author('creative', 'writer'),
      notes: [],
      usage: NO_USAGE,
    })),
    reviews: [],
  }
}

export function evaluationOf(
  draftId: string,
  stage: 'initial' | 'final',
  rank: number | null = null,
): Evaluation {
  return {
    draftId,
    evaluator: author('quality', 'evaluator'),
    stage,
    criteria: [{ name: 'Clarity', score: 8, reason: 'Short sentences.' }],
    score: stage === 'final' ? 100 : 8,
    rank,
    reason: 'Good.',
    usage: NO_USAGE,
  }
}

export function rankingOf(drafts: { id: string; rank: number | null }[]): Ranking {
  return {
    entries: drafts.map(({ id, rank }) => ({
      draftId: id,
      rank,
      meanScore: 8,
      evaluations: 1,
      initialRank: rank,
      points: 100,
    })),
    ballots: drafts.map(({ id, rank }) => evaluationOf(id, 'final', rank)),
    method: 'Mean score.',
    note: null,
  }
}

/** A transition that writes the same whatever it finds. */
export function writing(
  run: { id: string; organisationId: string },
  writes: RunWrites,
  stepIds: string[] = [],
): Transition {
  return { organisationId: run.organisationId, runId: run.id, stepIds, wantReady: 0, apply: () => writes }
}

/** Commits one transition or throws what it was rejected with. */
export async function commit(store: RunStore, transition: Transition): Promise<void> {
  const [result] = await store.transact([transition])
  if (result?.status === 'rejected') throw result.reason
}
