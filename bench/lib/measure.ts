/** One line of a benchmark's output: what was measured, then its figures, units in their names. */
export type Emit = (measure: string, figures: Record<string, string | number | boolean | null>) => void

export type Benchmark = (emit: Emit, args: string[]) => Promise<void>

export async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** p50, p99 and extremes, to a hundredth of a millisecond. */
export function spread(samples: number[]) {
  const sorted = samples.toSorted((left, right) => left - right)
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN)
  return { count: sorted.length, minMs: at(0), p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
}

export const perSecond = (count: number, ms: number) => Math.round((count * 1_000) / ms)

export const round = (value: number, digits = 2) => Number(value.toFixed(digits))
