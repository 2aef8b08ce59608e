import { type Failure, type Finding, failureOf } from '#graph'
import { EXIT } from './pressroom.ts'

// A reader that has seen enough (`| head`) closes the pipe: that is its right, not our failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(EXIT.ok)
})

/** Results go to stdout and nothing else does; all that is said meanwhile goes to stderr. */
export const print = (text: string): void => void process.stdout.write(`${text}\n`)
export const tell = (text: string): void => void process.stderr.write(`${text}\n`)
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2))

/** Says what went wrong and what to do; returns the exit code that fits. */
export function tellFailure(error: unknown): number {
  const failure = failureOf(error)
  const findings = findingsOf(failure)
  if (findings.length > 0) {
    for (const finding of findings) tell(`${finding.path}: ${finding.message}`)
  } else {
    tell(failure.message)
  }
  tell(failure.fix)
  if (failure.code === 'internal.unexpected' && error instanceof Error && error.stack) tell(error.stack)
  const bad = ['input.', 'flow.', 'not_found.', 'config.', 'conflict.'].some((prefix) =>
    failure.code.startsWith(prefix),
  )
  return bad ? EXIT.badInput : EXIT.failed
}

export function findingsOf(failure: Failure): Finding[] {
  const { findings } = failure.facts
  return Array.isArray(findings) ? (findings as Finding[]) : []
}

/** Columns padded to their longest cell. */
export function table(rows: string[][]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length))) ?? []
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export const money = (micros: number): string =>
  micros === 0 ? 'free' : `$${(micros / 1_000_000).toFixed(4)}`
