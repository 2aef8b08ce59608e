import { expect, test } from 'vitest'
import { AGENT_ROLES, catalogSchema } from '#graph'
import { agents } from './agents.ts'
import { contentTypes } from './content-types.ts'
import { modelConfigurations } from './models.ts'

test('the seed is a valid catalog', () => {
  const catalog = { contentTypes, agents, models: modelConfigurations }
  expect(catalogSchema.parse(catalog)).toEqual(catalog)
})

test('there are 8 content types, 4 writers, 4 editors and 3 evaluators, no slug twice', () => {
  expect(contentTypes).toHaveLength(8)
  expect(AGENT_ROLES.map((role) => agents.filter((agent) => agent.role === role).length)).toEqual([4, 4, 3])
  for (const list of [contentTypes, agents])
    expect(new Set(list.map(({ slug }) => slug)).size).toBe(list.length)
})

test('evaluators have four criteria with names and anchors of their own, nobody else has any', () => {
  for (const { role, criteria } of agents) {
    expect(new Set(criteria.map(({ name }) => name)).size).toBe(role === 'evaluator' ? 4 : 0)
    for (const { anchors } of criteria) expect(new Set(Object.values(anchors)).size).toBe(3)
  }
})

test('every content type asks every question of a brief once, and exactly five of them are required', () => {
  for (const { form } of contentTypes) {
    expect(form.filter(({ required }) => required).map(({ key }) => key)).toEqual([
      'topic',
      'audience',
      'goal',
      'keyPoints',
      'tone',
    ])
    expect(new Set(form.map(({ key }) => key)).size).toBe(8)
    expect(form.filter(({ help }) => help === '')).toEqual([])
    expect(form.filter(({ placeholder, kind }) => placeholder === '' && kind !== 'choice')).toEqual([])
  }
})

test('every agent has exactly one default model configuration, and so has the organisation', () => {
  for (const agent of [null, ...agents.map(({ slug }) => slug)]) {
    expect(modelConfigurations.filter((model) => model.agent === agent && model.isDefault)).toHaveLength(1)
  }
})
