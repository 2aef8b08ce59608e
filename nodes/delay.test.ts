import { expect, test } from 'vitest'
import { waitIn } from '#sdk'
import { scriptedHost, stepContext } from '../plugins/sdk/testing.ts'
import delay from './delay.ts'

async function waitsFor(until: string) {
  const config = { how: 'until' as const, amount: 1, unit: 'hours' as const, until, timeZone: '' }
  const context = stepContext<typeof config, (typeof delay)['inputs']>({
    config,
    host: scriptedHost(() => ''),
  })
  return waitIn(await delay.run(context))
}

test.each([
  ['2026-03-01 09:00', '2026-03-01T09:00:00'],
  [' 2026-03-01T09:00:30+02:00 ', '2026-03-01T09:00:30+02:00'],
])('%s is a date with a time', async (text, until) => {
  expect(await waitsFor(text)).toEqual({ kind: 'timer', until, timeZone: 'UTC' })
})

test.each(['', 'tomorrow', '2026-03-01', '2026-02-30 09:00', '2026-03-01 25:00'])(
  '“%s” is none, and the field that says so is named',
  async (text) => {
    await expect(waitsFor(text)).rejects.toMatchObject({ facts: { issues: [{ path: 'until' }] } })
  },
)
