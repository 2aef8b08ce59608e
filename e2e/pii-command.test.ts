import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataFolder, pressroom } from './support/pressroom.ts'

const TEXT =
  'Hi Jane, ask Dr. Ngozi Okafor (ngozi@acme.com, +49 30 901820) about card 4111 1111 1111 1111.\nOkafor’s draft is “ready”.\n'
const LINES = 10_000
const LINES_A_SECOND = 500

let data: Awaited<ReturnType<typeof dataFolder>>
beforeAll(async () => {
  data = await dataFolder()
})
afterAll(() => data.remove())

const pii = async (args: string[], input: string, env: Record<string, string> = {}) =>
  pressroom(['pii', ...args], data.path, env, undefined, input)
const external = ['apply', '--destination', 'external-model']

describe('pressroom pii', () => {
  test('scan prints types, offsets and scores, and needs no database', async () => {
    const { code, stdout } = await pii(['scan', '--json'], TEXT, {
      DATABASE_URL: 'postgres://127.0.0.1:1/none',
    })
    expect(code).toBe(0)
    const spans = JSON.parse(stdout) as { type: string; start: number; end: number; score: number }[]
    expect(spans.map(({ type, start, end }) => `${type} ${TEXT.slice(start, end)}`)).toEqual([
      'PERSON Jane',
      'PERSON Ngozi Okafor',
      'EMAIL ngozi@acme.com',
      'PHONE +49 30 901820',
      'CREDIT_CARD 4111 1111 1111 1111',
      'PERSON Okafor',
    ])
  })

  test('what apply prints holds nothing of it, and restore brings it back in another process', async () => {
    const applied = await pii(external, TEXT)
    for (const secret of ['Jane', 'Ngozi', 'Okafor', 'acme', '901820', '4111'])
      expect(applied.stdout).not.toContain(secret)
    expect((await pii(['restore'], applied.stdout)).stdout).toBe(TEXT)
    const vault = await readFile(join(data.path, 'pii.vault'))
    for (const secret of ['Okafor', 'acme.com']) expect(vault.includes(secret)).toBe(false)
  })

  test('a vault of another master key is not opened and not overwritten', async () => {
    const file = join(data.path, 'other.vault')
    await pii([...external, '--vault', file], TEXT)
    const before = await readFile(file)
    const key = { PRESSROOM_MASTER_KEY: 'another master key of the tests, long enough' }
    const { code, stdout, stderr } = await pii([...external, '--vault', file], TEXT, key)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('another master key')
    expect(await readFile(file)).toEqual(before)
  })

  test('a text with what must not go there is not printed', async () => {
    const { code, stdout, stderr } = await pii(['apply', '--destination', 'mail-export'], TEXT)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('CREDIT_CARD')
  })

  test('a dictionary adds terms and their pseudonyms', async () => {
    const file = join(data.path, 'terms.csv')
    await writeFile(file, 'type,text,pseudonym\nCODENAME,Blue Heron,Grey Otter\n')
    const { stdout } = await pii([...external, '--dictionary', file], 'Project Blue Heron starts.')
    expect(stdout).toBe('Project Grey Otter starts.')
    expect((await pii(['restore'], "Grey Otter's plan")).stdout).toBe("Blue Heron's plan")
  })

  test('ten thousand lines go through at 500 a second and more, and come back', async () => {
    const texts = Array.from({ length: LINES }, (_, index) => `${TEXT} Mail jane${index}@acme.com, please.`)
    const input = texts.map((text, id) => JSON.stringify({ id, text })).join('\n')
    const started = performance.now()
    const applied = await pii([...external, '--jsonl'], input)
    expect(LINES / ((performance.now() - started) / 1_000)).toBeGreaterThan(LINES_A_SECOND)
    const restored = await pii(['restore', '--jsonl'], applied.stdout)
    const outputs = restored.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { output: string }).output)
    expect(outputs).toEqual(texts)
  })
})
