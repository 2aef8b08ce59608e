import { RE2JS } from 're2js'
import { PressroomError } from '#graph'
import { lowerCase } from '../lower-case.ts'
import type { Recogniser } from '../scan.ts'
import type { CustomPattern, Detection, EntityType, Term } from '../types.ts'

const MOST_CHARACTERS = 500

/**
 * An organisation's own terms, whole and whatever their case: looked up by their first word, so that ten thousand cost no
 * more than one. What is no word ("X-7") is compared as text between the words.
 */
export function termRecogniser(terms: readonly Term[]): Recogniser {
  const byFirst = new Map<string, { type: EntityType; lower: string }[]>()
  const wordless: { type: EntityType; lower: string }[] = []
  for (const { type, text } of terms) {
    const lower = text.trim().toLowerCase()
    if (lower === '') continue
    const first = lower.match(/[\p{L}\p{M}\p{N}_]+/u)?.[0]
    const entry = { type, lower }
    if (first === undefined || !lower.startsWith(first)) wordless.push(entry)
    else byFirst.set(first, [...(byFirst.get(first) ?? []), entry])
  }
  for (const entries of byFirst.values())
    entries.sort((left, right) => right.lower.length - left.lower.length)
  const types = [...new Set(terms.map(({ type }) => type))]
  return {
    name: 'terms',
    types,
    *find({ text }) {
      const lower = lowerCase(text)
      for (const { 0: word, index } of lower.matchAll(/[\p{L}\p{M}\p{N}_]+/gu)) {
        for (const entry of byFirst.get(word) ?? []) {
          if (!lower.startsWith(entry.lower, index) || goesOn(lower, index + entry.lower.length)) continue
          yield { type: entry.type, start: index, end: index + entry.lower.length, score: 1 }
          break
        }
      }
      for (const entry of wordless) {
        for (
          let at = lower.indexOf(entry.lower);
          at !== -1;
          at = lower.indexOf(entry.lower, at + entry.lower.length)
        )
          yield { type: entry.type, start: at, end: at + entry.lower.length, score: 1 }
      }
    },
  }
}

const goesOn = (text: string, at: number) =>
  /^[\p{L}\p{M}\p{N}_]/u.test(text.slice(at, at + 2)) && !text.startsWith("'s", at)

/** Patterns of an organisation run on RE2: whatever they are, their time is linear in the text. */
export function patternRecogniser({ type, pattern, score = 0.9 }: CustomPattern): Recogniser {
  const compiled = compile(pattern)
  return {
    name: 'pattern',
    types: [type],
    *find({ text }): Generator<Detection> {
      const matcher = compiled.matcher(text)
      while (matcher.find()) {
        const [start, end] = [matcher.start(), matcher.end()]
        if (end > start) yield { type, start, end, score }
      }
    },
  }
}

/** @throws PressroomError `input.pattern` with what RE2 says. */
export function compile(pattern: string): RE2JS {
  if (pattern.length > MOST_CHARACTERS)
    throw badPattern(pattern, `it has more than ${MOST_CHARACTERS} characters`)
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    throw badPattern(pattern, error instanceof Error ? error.message : String(error), error)
  }
}

function badPattern(pattern: string, problem: string, cause?: unknown): PressroomError {
  return new PressroomError(
    {
      code: 'input.pattern',
      message: `The pattern can’t be used: ${problem}.`,
      fix: 'Write it in RE2 syntax: no back references, no look-ahead, no look-behind.',
      facts: { pattern: pattern.slice(0, MOST_CHARACTERS) },
    },
    cause,
  )
}
