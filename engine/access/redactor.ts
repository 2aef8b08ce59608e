/**
 * Takes the values of secrets out of whatever leaves: log lines, answers, audit entries. It knows a value from the
 * moment it is opened in this process, in the forms in which it may turn up, and forgets it only with the process.
 */
const MARK = '[secret]'
/** Shorter ones would be found in texts that have nothing to do with them. */
const SHORTEST = 6

export interface Redactor {
  /** From now on this value leaves no more. */
  know(value: string): void
  text(text: string): string
  /** A copy of JSON without the values, in keys as well. */
  json<T>(value: T): T
}

export function createRedactor(): Redactor {
  const forms = new Set<string>()
  let longestFirst: string[] = []

  function text(given: string): string {
    let clean = given
    for (const form of longestFirst) if (clean.includes(form)) clean = clean.replaceAll(form, MARK)
    return clean
  }
  function json(value: unknown): unknown {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.map(json)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [text(key), json(part)]))
  }

  return {
    know(value) {
      if (value.length < SHORTEST || forms.has(value)) return
      for (const form of formsOf(value)) forms.add(form)
      longestFirst = [...forms].toSorted((a, b) => b.length - a.length)
    },
    text,
    json: <T>(value: T) => (forms.size === 0 ? value : (json(value) as T)),
  }
}

/** As it is, in JSON, in a URL, in a form, and in base64 wherever it may begin within three bytes. */
function formsOf(value: string): string[] {
  const bytes = new TextEncoder().encode(value)
  const inBase64 = [0, 1, 2].flatMap((offset) => {
    const whole = btoa(String.fromCharCode(...new Uint8Array(offset), ...bytes))
    // The first and the last characters depend on what stands around.
    const kept = whole.replace(/=+$/, '').slice(offset === 0 ? 0 : offset + 1, -1)
    return kept.length < SHORTEST + 2 ? [] : [kept, kept.replaceAll('+', '-').replaceAll('/', '_')]
  })
  const url = encodeURIComponent(value)
  return [value, JSON.stringify(value).slice(1, -1), url, url.replaceAll('%20', '+'), ...inBase64]
}
