/** Lengths that a brief's constraints state in words. */
export interface Limits {
  words: number | null
  posts: number | null
  characters: number | null
}

const NUMBERS = [
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
]
const MOST = '(?:under|at most|max(?:imum)?\\.?(?: of)?|no more than|not more than|up to|within|below)\\s+'
const NUMBER = '(\\d[\\d,]*|[a-z]+)'

/** "At most 300 words", "700 to 900 words", "under 1,200 characters", "no more than seven posts". */
export function limitsOf(constraints: string): Limits {
  const most = (unit: string): number | null => {
    const range = new RegExp(`\\d\\s*(?:to|-|\\u2013)\\s*${NUMBER}\\s+${unit}`, 'i').exec(constraints)
    const before = new RegExp(`${MOST}${NUMBER}\\s+${unit}`, 'i').exec(constraints)
    const after = new RegExp(`${NUMBER}\\s+${unit}\\s+(?:at most|or less|or fewer|maximum)`, 'i').exec(
      constraints,
    )
    return numberOf((range ?? before ?? after)?.[1])
  }
  return { words: most('words'), posts: most('(?:posts|tweets)'), characters: most('characters') }
}

function numberOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const number = /^\d/.test(text) ? Number(text.replaceAll(',', '')) : NUMBERS.indexOf(text.toLowerCase()) + 1
  return number > 0 ? number : null
}
