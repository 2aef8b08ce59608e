import { expect, it } from 'vitest'
import type { RunReader } from '#run/interfaces.ts'
import { said } from '../testing/events.ts'
import { sharingReads } from './shared-reads.ts'

function counted() {
  const log = [said('a')]
  const reads: string[] = []
  const events: RunReader['events'] = async (_organisationId, runId, after) => {
    reads.push(`${runId} ${after}`)
    if (runId === 'gone') throw new Error('no connection')
    return log.slice(after).map((body, place) => ({ seq: after + place + 1, at: '', body }))
  }
  return { log, reads, reader: sharingReads({ events } as RunReader) }
}

it('reads once for all who ask for the same in one turn, and for each other question once', async () => {
  const { reads, reader } = counted()
  const answers = await Promise.all([
    reader.events('acme', 'r', 0, 10),
    reader.events('acme', 'r', 0, 10),
    reader.events('acme', 'r', 1, 10),
    reader.events('other', 'r', 0, 10),
  ])
  expect(answers.map((found) => found?.length)).toEqual([1, 1, 0, 1])
  expect(reads).toEqual(['r 0', 'r 1', 'r 0'])
})

it('reads again for whoever asks after a read began', async () => {
  const { log, reads, reader } = counted()
  const before = await reader.events('acme', 'r', 0, 10)
  log.push(said('b'))
  const after = await reader.events('acme', 'r', 0, 10)
  expect([before?.length, after?.length, reads.length]).toEqual([1, 2, 2])
})

it('fails all who shared a read that failed, and nobody later', async () => {
  const { reads, reader } = counted()
  const both = [reader.events('acme', 'gone', 0, 10), reader.events('acme', 'gone', 0, 10)]
  for (const one of both) await expect(one).rejects.toThrow('no connection')
  await expect(reader.events('acme', 'gone', 0, 10)).rejects.toThrow('no connection')
  expect(reads).toHaveLength(2)
})
