import { Cron } from 'croner'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connectionChoice, conditions, schedule, z } from '#sdk'
import { cronFault, isTimeZone, validateFlow } from './index.ts'
import { TEST_CATALOG, TEST_MANIFESTS } from './testing/flows.ts'

/** One part of an expression: mostly of the right kind, sometimes beyond the bounds. */
const part = (most: number) => {
  const value = fc.integer({ min: 0, max: most + 1 }).map(String)
  const range = fc.tuple(value, value).map(([from, to]) => `${from}-${to}`)
  const step = fc
    .tuple(fc.oneof(fc.constant('*'), range), fc.integer({ min: 0, max: 40 }))
    .map(([of, by]) => `${of}/${by}`)
  const piece = fc.oneof(fc.constant('*'), value, range, step, fc.constantFrom('MON', 'jan', 'L', '?', ''))
  return fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(','))
}

describe('a cron expression', () => {
  test('that passes has a next time', () => {
    const anyCron = fc
      .tuple(part(59), part(23), part(31), part(12), part(7))
      .map((parts) => parts.join(' '))
      .filter((cron) => cronFault(cron) === null)
    fc.assert(
      fc.property(anyCron, (cron) => {
        expect(new Cron(cron, { timezone: 'UTC', paused: true }).nextRun()).toBeInstanceOf(Date)
      }),
      { numRuns: 100 },
    )
  })

  test('that is wrong says which part is', () => {
    expect(cronFault('0 9 * * MON-FRI')).toBeNull()
    expect(cronFault('*/15 8-18/2 1,15 jan,JUL *')).toBeNull()
    expect(cronFault('0 9 * *')).toMatch('five parts')
    expect(cronFault('60 9 * * *')).toMatch('the minute “60”')
    expect(cronFault('0 24 * * *')).toMatch('the hour “24”')
    expect(cronFault('0 9 0 * *')).toMatch('the day of the month “0”')
    expect(cronFault('0 9 * FEBRUARY *')).toMatch('the month “FEBRUARY”')
    expect(cronFault('0 9 * * 5-1')).toMatch('ends before it begins')
    expect(cronFault('*/0 * * * *')).toMatch('leads nowhere')
  })

  test('of a day that no month has is wrong, unless a day of the week makes it come', () => {
    expect(cronFault('0 9 31 2,4 *')).toMatch('never comes')
    expect(cronFault('0 9 29 2 *')).toBeNull()
    expect(cronFault('0 9 31 2 MON')).toBeNull()
  })
})

test('a time zone is one that this machine knows', () => {
  expect(['Europe/London', 'UTC', 'America/New_York'].every(isTimeZone)).toBe(true)
  expect(['London', 'Mars/Olympus', ''].some(isTimeZone)).toBe(false)
})

describe('a field that says when or through which connection', () => {
  const config = z.object({
    when: schedule().optional(),
    through: connectionChoice('n8n').optional(),
    only: conditions().optional(),
  })
  const base = TEST_MANIFESTS['source@1']
  if (!base) throw new Error('there is no source node')
  const manifests = {
    'timer@1': { ...base, type: 'timer', config: z.toJSONSchema(config) as Record<string, unknown> },
  }
  const connections = [
    { id: 'c1', kind: 'n8n', name: 'Our n8n' },
    { id: 'c2', kind: 'langgraph', name: 'Agents' },
  ]
  const found = (fields: object, catalog = TEST_CATALOG) =>
    validateFlow(
      {
        schemaVersion: 1,
        name: 'timed',
        description: '',
        nodes: [{ id: 't', type: 'timer', version: 1, position: { x: 0, y: 0 }, config: fields }],
        edges: [],
        notes: [],
        groups: [],
        limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
      },
      manifests,
      catalog,
    ).map(({ code, path }) => `${code} ${path}`)

  test('may be left out, and a good schedule passes', () => {
    expect(found({})).toEqual([])
    expect(found({ when: { cron: '0 9 * * 1', timeZone: 'Europe/London' } })).toEqual([])
  })

  test('names the wrong half of a schedule', () => {
    expect(found({ when: { cron: '0 25 * * *', timeZone: 'Nowhere' } })).toEqual([
      'schedule.cron nodes.0.config.when.cron',
      'schedule.time_zone nodes.0.config.when.timeZone',
    ])
    expect(found({ when: { timeZone: 'UTC' } })).toEqual(['node.config_invalid nodes.0.config.when.cron'])
  })

  test('takes a connection of its own kind only, and none where none can be saved', () => {
    const catalog = { ...TEST_CATALOG, connections }
    expect(found({ through: 'c1' }, catalog)).toEqual([])
    expect(found({ through: 'c2' }, catalog)).toEqual(['connection.unknown nodes.0.config.through'])
    expect(found({ through: 'c1' })).toEqual(['connection.unknown nodes.0.config.through'])
  })

  test('and a condition without a value to compare with is found before the flow runs', () => {
    expect(found({ only: [{ field: 'a', operator: 'is-empty' }] })).toEqual([])
    expect(found({ only: [{ field: 'a', operator: 'equals', value: '' }] })).toEqual([
      'condition.value_missing nodes.0.config.only.0.value',
    ])
  })
})
