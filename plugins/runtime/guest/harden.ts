/**
 * Runs before anything else in a context. Takes away what makes node code unrepeatable or able to make code from
 * text: the clock stands at 1970-01-01T00:00:00Z, `Math.random` is drawn from the step's seed, `eval` and `Function`
 * refuse, shared memory and WebAssembly are gone (`seal`). Keeps the originals that the harness itself needs.
 */
const RealDate = Date
const realNow = Date.now
const { defineProperty, getPrototypeOf } = Object
const { construct } = Reflect

export const { parse, stringify } = JSON

let random: () => number = () => 0
let clockRuns = false

export function setRandom(source: () => number): void {
  random = source
}

/** For the template renderer's time limit only: `Date.now` tells the time while `work` runs. */
export function withClock<T>(work: () => T): T {
  clockRuns = true
  try {
    return work()
  } finally {
    clockRuns = false
  }
}

const hide = (target: object, name: PropertyKey, value: unknown) =>
  defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false })

function FrozenDate(...given: unknown[]): unknown {
  if (new.target === undefined) return new RealDate(0).toString()
  return construct(RealDate, given.length === 0 ? [0] : given, new.target)
}
FrozenDate.prototype = RealDate.prototype
hide(FrozenDate, 'now', () => (clockRuns ? realNow() : 0))
hide(FrozenDate, 'parse', RealDate.parse)
hide(FrozenDate, 'UTC', RealDate.UTC)
hide(RealDate.prototype, 'constructor', FrozenDate)
hide(globalThis, 'Date', FrozenDate)

const formats = Intl.DateTimeFormat.prototype
const formatToParts = formats.formatToParts
const formatGetter = Object.getOwnPropertyDescriptor(formats, 'format')?.get
const { apply } = Reflect
defineProperty(formats, 'format', {
  configurable: true,
  get(this: Intl.DateTimeFormat) {
    if (formatGetter === undefined) throw new TypeError('dates cannot be formatted here')
    const format = apply(formatGetter, this, []) as (date: unknown) => string
    return (date?: unknown) => format(date === undefined ? 0 : date)
  },
})
hide(formats, 'formatToParts', function (this: Intl.DateTimeFormat, date?: Date | number) {
  return apply(formatToParts, this, [date === undefined ? 0 : date])
})

hide(Math, 'random', () => random())

for (const sample of [() => 0, async () => 0, function* () {}, async function* () {}]) {
  const refuse = function () {
    throw new TypeError('Node code cannot make code from text')
  }
  refuse.prototype = getPrototypeOf(sample)
  hide(refuse.prototype, 'constructor', refuse)
  if (refuse.prototype === Function.prototype) hide(globalThis, 'Function', refuse)
}

/** What V8 puts into every context anew, so that it can be taken away only once the context is there. */
export function seal(): void {
  for (const name of ['eval', 'WebAssembly', 'SharedArrayBuffer', 'Atomics', 'pressroomGuest']) {
    Reflect.deleteProperty(globalThis, name)
  }
}
