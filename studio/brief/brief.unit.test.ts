import { expect, test } from 'vitest'
import type { BriefField, BriefInput } from '#graph'
import { asInput, draftOf, emptyDraft, moved, readDraft } from './brief-draft.ts'
import { checkBrief } from './brief-faults.ts'

const brief: BriefInput = {
  topic: 'Rye bread',
  audience: 'Home bakers',
  goal: 'Bake one loaf',
  keyPoints: ['Time', 'Warmth'],
  tone: 'casual',
}
const form: BriefField[] = [
  { key: 'audience', label: 'Audience', help: '', placeholder: '', kind: 'line', required: true },
]

test('a brief put into the form and taken out again is the same brief', () => {
  expect(asInput(draftOf(brief))).toEqual(brief)
})

test('rows left empty and unanswered optional fields are not sent', () => {
  const draft = { ...draftOf(brief), keyPoints: ['', ' Time ', ''], constraints: '  ' }
  expect(asInput(draft)).toEqual({ ...brief, keyPoints: ['Time'] })
})

test('an empty brief is told every answer it lacks, each at its place', () => {
  const { faults } = checkBrief(emptyDraft(), form)
  expect(Object.keys(faults ?? {}).sort()).toEqual(['audience', 'goal', 'keyPoints', 'tone', 'topic'])
  expect(faults?.['audience']).toBe('Audience is needed.')
})

test('a fault in a key point is located at the row that the person sees', () => {
  const { faults } = checkBrief({ ...draftOf(brief), keyPoints: ['', 'Time', 'x'.repeat(501)] }, form)
  expect(faults).toEqual({ 'keyPoints.2': 'This is too long: at most 500 characters fit.' })
})

test('a complete brief has no faults and comes back as it will be sent', () => {
  expect(checkBrief(draftOf(brief), form)).toEqual({ brief, faults: null })
})

test('what was stored by another version is taken over as far as it fits', () => {
  expect(readDraft({ topic: 'Rye', mood: 'glad', keyPoints: ['Time', 7], tone: 4 })).toEqual({
    ...emptyDraft(),
    topic: 'Rye',
    keyPoints: ['Time'],
  })
  expect(readDraft('nonsense')).toBeNull()
})

test('an entry moves by one place and stays where it is at the ends', () => {
  expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b'])
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c'])
})
