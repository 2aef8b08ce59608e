import { describe, expect, test } from 'vitest'
import { type Deliverable, NO_USAGE, type PortType, runDocumentSchema, runRecordSchema } from '#graph'
import { type DocumentRows, documentOf, lastNodes, recordOf } from './run-document.ts'
import type { OutputRow } from './run-rows.ts'
import { asJson, draftOf, evaluationOf, progress, rankingOf, snapshotOf } from './testing/run-fixtures.ts'

const at = new Date('2026-11-22T10:00:00.000Z')

const output = (id: string, node: string, type: PortType, value: unknown): OutputRow => ({
  id,
  step_id: id,
  node_id: node,
  port: 'out',
  port_type: type,
  path: '',
  ordinal: [],
  label: id,
  value: asJson(value),
})

const draft = (id: string, parent: string | null, ...texts: string[]) =>
  output(`o-${id}`, 'write', 'draft', draftOf(id, parent, texts))

function rows(more: Partial<DocumentRows> = {}): DocumentRows {
  const { flow, catalog, plan, input, seed } = snapshotOf('acme', 'r1')
  return {
    run: {
      id: 'r1',
      flow_id: 'f1',
      flow_name: 'Blog post swarm',
      status: 'succeeded',
      seed,
      input,
      snapshot: { flow, catalog, plan },
      progress: { ...progress(), usage: { ...NO_USAGE, calls: 3 } },
      failure: null,
      created_at: at,
      finished_at: at,
      retry_of: null,
      rerun_of: null,
      parent_run_id: null,
    },
    madeOfIt: [],
    drafts: [],
    outputs: [],
    calledModels: [],
    ...more,
  }
}

describe('a run document', () => {
  test('of a run that has put out nothing is complete and fits its schema', () => {
    const document = documentOf(rows())
    expect(runDocumentSchema.parse(document)).toEqual(document)
    expect(document).toMatchObject({
      drafts: [],
      ranking: [],
      rankingMethod: null,
      rankingNote: null,
      deliverable: null,
      outputs: [],
      models: [],
    })
    expect(document).toMatchObject({ flow: { id: 'f1', name: 'Blog post swarm' }, usage: { calls: 3 } })
  })

  test('holds the drafts that no editor took up, in the order of the rows', () => {
    const drafts = [
      draft('w1', null, 'One'),
      draft('w2', null, 'Two'),
      draft('e2', 'w2', 'Two', 'Too'),
      draft('e1', 'w1', 'One'),
    ]
    const document = documentOf(rows({ drafts }))
    expect(document.drafts.map(({ id }) => id)).toEqual(['e2', 'e1'])
    expect(document.drafts[0]).toMatchObject({
      writer: 'creative',
      writerName: 'The creative',
      editor: 'clarity',
      editorName: 'The clarity',
      model: 'sample',
      modelLabel: 'Sample model: no AI',
      status: 'approved',
      text: 'Too',
    })
    expect(document.drafts[0]?.revisions.map(({ number, text }) => [number, text])).toEqual([
      [1, 'Two'],
      [2, 'Too'],
    ])
    expect(runDocumentSchema.parse(document)).toEqual(document)
  })

  test('lists evaluations first and the ballots of the final after them', () => {
    const outputs = [
      output('r', 'rank', 'ranking', rankingOf([{ id: 'a', rank: 1 }])),
      output('e', 'judge', 'evaluation', evaluationOf('a', 'initial')),
    ]
    const { evaluations } = documentOf(rows({ outputs }))
    expect(evaluations.map(({ stage, rank, score }) => ({ stage, rank, score }))).toEqual([
      { stage: 'initial', rank: null, score: 8 },
      { stage: 'final', rank: 1, score: 100 },
    ])
    expect(evaluations[0]).toMatchObject({
      evaluator: 'quality',
      evaluatorName: 'The quality',
      model: 'sample',
    })
  })

  test('ranks by place, with drafts that have none at the end in their own order', () => {
    const ranking = rankingOf([
      { id: 'none1', rank: null },
      { id: 'second', rank: 2 },
      { id: 'none2', rank: null },
      { id: 'first', rank: 1 },
    ])
    const document = documentOf(rows({ outputs: [output('r', 'rank', 'ranking', ranking)] }))
    expect(document.ranking.map(({ draftId }) => draftId)).toEqual(['first', 'second', 'none1', 'none2'])
    expect(document.rankingMethod).toBe('Mean score.')
  })

  test('shows what the last nodes put out, but a deliverable only as the deliverable', () => {
    const value: Deliverable = {
      title: 'Tea',
      contentType: 'blog-post',
      winner: null,
      note: 'No score.',
      versions: [],
    }
    const outputs = [
      output('1', 'write', 'text', 'in between'),
      output('2', 'deliver', 'deliverable', value),
      output('3', 'deliver', 'text', 'at the end'),
    ]
    const document = documentOf(rows({ outputs }))
    expect(document.deliverable).toEqual(value)
    expect(document.outputs).toEqual([
      { nodeId: 'deliver', port: 'out', type: 'text', label: '3', value: 'at the end' },
    ])
  })

  test('names the models that answered calls or wrote drafts and no others', () => {
    const label = 'Sample model: no AI'
    const sample = { id: 'sample', label, provider: 'sample', local: true }
    expect(documentOf(rows({ calledModels: ['sample'] })).models).toEqual([sample])
    expect(documentOf(rows({ drafts: [draft('w1', null, 'One')] })).models).toEqual([sample])
  })
})

test('a record is the document with steps and events, and fits its schema', () => {
  const step = {
    id: 's1',
    node_id: 'write',
    path: 'creative',
    label: 'Creative writer',
    status: 'succeeded' as const,
    attempt: 2,

    attempts: [
      {
        attempt: 1,
        status: 'failed' as const,
        startedAt: at.toISOString(),
        finishedAt: at.toISOString(),
        failure: null,
        worker: 'w',
      },
    ],
    started_at: at,
    finished_at: null,
    failure: null,
  }
  const body = { type: 'run.started' as const, plannedSteps: 1, plannedDrafts: 1 }
  const record = recordOf(documentOf(rows()), [step], [{ seq: 1, at: at.toISOString(), body }])
  expect(runRecordSchema.parse(record)).toEqual(record)
  expect(record.steps[0]).toMatchObject({ nodeId: 'write', startedAt: at.toISOString(), finishedAt: null })
})

test('a node whose only follower is disabled is a last node', () => {
  const { flow } = snapshotOf('acme', 'r1', ['a', 'b', 'c'])
  expect(lastNodes(flow)).toEqual(['c'])
  const disabled = {
    ...flow,
    nodes: flow.nodes.map((node) => (node.id === 'c' ? { ...node, disabled: true } : node)),
  }
  expect(lastNodes(disabled)).toContain('b')
})
