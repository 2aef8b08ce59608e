import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWays, probeWalls, type Probed } from './probe-walls.ts'

let cacheDir: string
let probed: Probed
let heard = 0
const server = createServer(() => (heard += 1))

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'pressroom-walls-'))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  probed = await probeWalls(cacheDir, (server.address() as AddressInfo).port)
})
afterAll(async () => {
  server.close()
  await rm(cacheDir, { recursive: true, force: true })
})

describe('plain Node code in a sandbox process', () => {
  test('finds no environment but its time zone', () => {
    expect(Object.keys(probed.environment).filter((name) => name !== 'TZ')).toEqual([])
  })

  test('can start no program and no thread, and open no inspector', () => {
    const { 'start a program': program, 'start a thread': thread, 'open the inspector': tool } = probed.ways
    expect([program, thread, tool]).toEqual(Array(3).fill('ERR_ACCESS_DENIED'))
  })

  test('can read and write no file, in its own folder neither', async () => {
    const files = Object.entries(probed.ways).filter(([way]) => /file|folder|device|environment/.test(way))
    expect(files).toHaveLength(6)
    for (const [, stood] of files) expect(stood).toBe('ERR_ACCESS_DENIED')
    expect(await readdir(join(cacheDir, 'empty'))).toEqual([])
  })
})

describe.runIf(process.platform === 'linux')('on this machine', () => {
  test('every wall of the operating system stands', () => {
    expect(probed.walls).toMatchObject({ privileges: true, limits: true })
    expect(probed.walls.user).toBe(process.getuid?.() === 0)
    expect(probed.user).not.toBe(0)
  })

  test('no way out is open: a server beside it that listens hears nothing', () => {
    const own = probed.walls.user ? [] : ['signal its parent']
    expect(openWays(probed)).toEqual(own)
    expect(heard).toBe(0)
  })

  test('nothing is open but the channel, its error output and what Node itself needs', () => {
    expect(probed.descriptors.length).toBeLessThan(32)
    expect(probed.descriptors.slice(0, 4)).toEqual([0, 1, 2, 3])
  })
})
