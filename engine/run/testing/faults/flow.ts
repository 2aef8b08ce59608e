import type { BriefInput, Flow } from '#graph'
import { loadTemplates } from '../../../../templates/index.ts'

const AT_A_TIME = 3

export const brief: BriefInput = {
  topic: 'Faults',
  audience: 'Engineers',
  goal: 'Lose nothing',
  keyPoints: ['A finished call is never made again', 'Nothing is lost', 'Nothing is done twice'],
  tone: 'professional',
}

/** Forks, joins and waiting for a model: the smallest of the swarms, with a few steps at a time. */
export async function swarm(): Promise<Flow> {
  const template = (await loadTemplates()).find(({ id }) => id === 'linkedin-post-swarm')
  if (!template) throw new Error('the template is gone')
  return { ...template.flow, limits: { ...template.flow.limits, maxLocalConcurrent: AT_A_TIME } }
}
