import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Detection, ENTITY_TYPES, createDetector, createPseudonymiser, Vault } from '#gateway'
import { milliseconds, round } from './lib/measure.ts'
import type { Benchmark, Emit } from './lib/measure.ts'
import { generated } from './pii/generated.ts'
import { HOSTILE } from './pii/hostile.ts'
import { type Labelled, labelled } from './pii/labelled.ts'

const ROUNDS = 12
const SEED = 20_261_122
/** Of a label's characters, at least so many have to be within a span for it to count as found. */
const COVERED = 0.8
const PLAIN_BYTES = 4_000_000
const HOSTILE_CHARACTERS = 1_000_000
const REPEATS = 3

const PLAIN =
  'The spring campaign begins on Monday in Berlin, and marketing wants three drafts by 12 May. Sarah said that the ' +
  'budget is $1,200 for the first quarter; see https://example.com/brief for details. Readers like short sentences, ' +
  'a clear promise and one picture a page. Die Kampagne beginnt im Herbst, und Thomas schreibt den Entwurf. '

interface Counts {
  found: number
  missed: number
  wrong: number
  right: number
}

const overlap = (left: { start: number; end: number }, right: { start: number; end: number }) =>
  Math.max(0, Math.min(left.end, right.end) - Math.max(left.start, right.start))

/** How much of a label is within spans of its own type, or of any where no type is given. */
const covered = (label: Labelled['labels'][number], spans: Detection[]) =>
  spans.reduce((sum, span) => sum + overlap(label, span), 0) / (label.end - label.start)

function measure(source: string, data: Labelled[], emit: Emit): void {
  const detect = createDetector()
  const counts = new Map(
    ENTITY_TYPES.map((type): [string, Counts] => [type, { found: 0, missed: 0, wrong: 0, right: 0 }]),
  )
  let labels = 0
  let hidden = 0
  for (const one of data) {
    const spans = detect(one.text)
    for (const label of one.labels) {
      labels++
      if (covered(label, spans) >= COVERED) hidden++
      const count = counts.get(label.type)!
      if (
        covered(
          label,
          spans.filter(({ type }) => type === label.type),
        ) >= COVERED
      )
        count.found++
      else count.missed++
    }
    for (const span of spans) {
      const right = one.labels.some(
        (label) => label.type === span.type && overlap(label, span) * 2 >= span.end - span.start,
      )
      counts.get(span.type)![right ? 'right' : 'wrong']++
    }
  }
  for (const [type, { found, missed, wrong, right }] of counts) {
    if (found + missed + wrong === 0) continue
    const precision = right + wrong === 0 ? null : right / (right + wrong)
    const recall = found + missed === 0 ? null : found / (found + missed)
    const f2 =
      precision === null || recall === null ? null : (5 * precision * recall) / (4 * precision + recall || 1)
    const figures = { precision, recall, f2 }
    const rounded = Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [name, value === null ? null : round(value, 3)]),
    )
    emit('detection', { source, type, labels: found + missed, falseAlarms: wrong, ...rounded })
  }
  emit('hidden whatever the type', { source, texts: data.length, labels, share: round(hidden / labels, 3) })
}

async function fastest(work: () => unknown): Promise<number> {
  let best = Infinity
  for (let index = 0; index < REPEATS; index++) best = Math.min(best, await milliseconds(async () => work()))
  return best
}

async function speed(emit: Emit, data: Labelled[]): Promise<void> {
  const detect = createDetector()
  const texts = {
    'plain prose': PLAIN.repeat(Math.ceil(PLAIN_BYTES / PLAIN.length)),
    'the generated texts, one after the other': data.map(({ text }) => text).join('\n\n'),
  }
  for (const [source, text] of Object.entries(texts)) {
    const bytes = Buffer.byteLength(text)
    const ms = await fastest(() => detect(text))
    emit('speed', {
      source,
      megabytes: round(bytes / 1e6),
      ms: round(ms),
      megabytesPerSecond: round(bytes / 1e3 / ms),
    })
  }
  const ms = await fastest(() => {
    const pseudonymiser = createPseudonymiser({ key: 'bench', style: 'realistic', vault: new Vault() })
    for (const { text } of data) {
      const output = pseudonymiser.apply(
        text,
        detect(text).map((span) => ({ ...span, mask: null })),
      )
      if (pseudonymiser.restore(output) !== text) throw new Error(`did not come back: ${text}`)
    }
  })
  emit('detected, replaced and restored', {
    texts: data.length,
    textsPerSecond: Math.round((data.length * 1_000) / ms),
  })
}

/** Four times the text may take four times as long; twice that, and it is not linear any more. */
async function hostile(emit: Emit): Promise<void> {
  const detect = createDetector()
  for (const [source, make] of Object.entries(HOSTILE)) {
    const [small, large] = [make(HOSTILE_CHARACTERS / 4), make(HOSTILE_CHARACTERS)]
    const quarterMs = await fastest(() => detect(small))
    const ms = await fastest(() => detect(large))
    emit('hostile', { source, characters: large.length, ms: round(ms), timesAQuarter: round(ms / quarterMs) })
  }
}

/**
 * The generated texts share no lists with the detectors, but they were written by the same hand: real texts are
 * harder. The hand-written ones hold what is easily missed and what is easily mistaken.
 */
const benchmark: Benchmark = async (emit) => {
  const made = generated(ROUNDS, SEED)
  measure(`templates with @faker-js/faker, seed ${SEED}`, made, emit)
  const lines = (await readFile(join(import.meta.dirname, 'pii', 'hand-written.txt'), 'utf8')).split('\n')
  const written = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'))
  measure(
    'bench/pii/hand-written.txt',
    written.map((line) => labelled(line.replaceAll('\\n', '\n'))),
    emit,
  )
  await speed(emit, made)
  await hostile(emit)
}

export default benchmark
