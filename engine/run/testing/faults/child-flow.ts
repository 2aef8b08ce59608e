import type { Engine } from '../../../cli/pressroom.ts'
import { flowOfNodes } from '../../children/testing.ts'
import type { Point } from '../../points.ts'

/** Come past only by runs whose steps start others. */
export const CHILD_POINTS: Point[] = ['children.claimed', 'child.started', 'children.ended']

const filled = {
  topic: '{{ item }}',
  audience: 'Engineers',
  goal: 'Lose nothing',
  keyPoints: ['{{ item }}'],
  tone: 'professional',
}

/** A step that waits for a while, and one that waits for a run for each key point, two at a time. */
export async function makingChildren({ flows, organisationId }: Engine): Promise<string> {
  const nodes = [
    { type: 'brief', config: { contentType: 'linkedin-post' } },
    { type: 'writer', config: { agents: [{ agent: 'creative' }] } },
  ]
  const child = await flows.create(organisationId, flowOfNodes('A point', nodes), [])
  await flows.publish(organisationId, child.id, '', null)
  const parent = flowOfNodes('All points', [
    { type: 'brief', config: { contentType: 'linkedin-post' } },
    { type: 'delay', config: { amount: 1, unit: 'seconds' } },
    { type: 'map', config: { flow: child.id, field: 'keyPoints', brief: filled, parallel: 2 } },
  ])
  return (await flows.create(organisationId, parent, [])).id
}
