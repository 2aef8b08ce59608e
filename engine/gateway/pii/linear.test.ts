import { expect, it } from 'vitest'
import { HOSTILE } from '../../../bench/pii/hostile.ts'
import { createDetector } from './detect.ts'

const SMALL = 40_000
const TIMES = 4
/** Of linear time 4, of quadratic 16. */
const MOST = 9
const REPEATS = 4

/** Processor time of this process alone: what else the machine does is not counted. */
function cost(work: () => unknown): number {
  let least = Infinity
  for (let index = 0; index < REPEATS; index++) {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, user + system)
  }
  return least
}

it.for(Object.keys(HOSTILE))(
  'four times as much of a hostile text costs about four times as much: %s',
  (name) => {
    const detect = createDetector()
    const make = HOSTILE[name]!
    const [small, large] = [make(SMALL), make(SMALL * TIMES)]
    const floor = 4_000
    expect(
      cost(() => detect(large)) /
        Math.max(
          cost(() => detect(small)),
          floor,
        ),
    ).toBeLessThan(MOST)
  },
)
