/** `npm run bench -- NAME`: one JSON line per measurement on stdout. Every file beside this one is a benchmark. */
import { readdir } from 'node:fs/promises'
import { availableParallelism, cpus, totalmem } from 'node:os'
import type { Benchmark, Emit } from './lib/measure.ts'

const names = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts' && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .toSorted()

const [name = '', ...args] = process.argv.slice(2)
if (!names.includes(name)) {
  process.stderr.write(
    `${name ? `There is no benchmark "${name}".` : 'Name a benchmark.'} Known: ${names.join(', ')}\n`,
  )
  process.exit(2)
}

const emit: Emit = (measure, figures) =>
  void process.stdout.write(`${JSON.stringify({ bench: name, measure, ...figures })}\n`)

emit('machine', {
  node: process.version,
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  memoryGb: Math.round(totalmem() / 2 ** 30),
  at: new Date().toISOString(),
})
const { default: benchmark }: { default: Benchmark } = await import(`./${name}.ts`)
await benchmark(emit, args)
