import type { ChildState, ChildrenState, Moves } from './interfaces.ts'

const ACTIVE: readonly ChildState['status'][] = ['queued', 'running', 'waiting']

const places = (children: ChildState[]): number[] => children.map(({ place }) => place)

/** What is to be done about the runs of a step, from how they stand. Pure; asked again it says what is left to do. */
export function movesOf({ waits, paused, wait, children }: ChildrenState): Moves {
  const detached = wait.detached === true
  const open = children.filter(({ ended }) => !ended)
  const gone = open.filter(({ started, status }) => started && status === null)
  const there = open.filter(({ status }) => status !== null)
  const free = open.filter((child) => child.free && child.status === null && !gone.includes(child))
  const rest = { start: [], drop: [], cancel: [], pause: [], resume: [], answer: false, settled: false }
  const begun = (child: ChildState) => child.ended || (detached && child.started)
  if (!waits) {
    const left = open.filter((child) => !begun(child) && !gone.includes(child) && !free.includes(child))
    return {
      ...rest,
      gone: places(gone),
      drop: places(free),
      cancel: detached ? [] : places(there),
      settled: left.length === 0,
    }
  }
  if (paused) {
    const pause = detached ? [] : there.filter(({ status }) => ACTIVE.includes(status))
    return { ...rest, gone: places(gone), pause: places(pause), answer: children.every(begun) }
  }
  const inFlight = open.filter((child) => !free.includes(child) && !gone.includes(child))
  // One whose beginning was not noted is begun again, which changes nothing, before anything new.
  const unnoted = there.filter((child) => child.free)
  const room = Math.max(0, wait.parallel - inFlight.length)
  return {
    ...rest,
    gone: places(gone),
    start: [...places(unnoted), ...places(free.slice(0, room))],
    resume: places(open.filter((child) => child.paused)),
    answer: gone.length === 0 && children.every(begun),
  }
}
