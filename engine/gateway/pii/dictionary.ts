import { PressroomError } from '#graph'
import { ENTITY_TYPES, type EntityType, type Term } from './types.ts'

export interface DictionaryEntry extends Term {
  /** Always used for this term, where one is given. */
  pseudonym: string | null
}

const MOST_ENTRIES = 50_000
const MOST_CHARACTERS = 200

/**
 * A dictionary as CSV (RFC 4180; comma, semicolon or tab): `type,text[,pseudonym]` with or without a heading.
 * @throws PressroomError `input.dictionary` that names the line of the first fault; nothing is taken then.
 */
export function parseDictionary(csv: string): DictionaryEntry[] {
  const rows = rowsOf(csv.replace(/^\uFEFF/, ''))
  const entries: DictionaryEntry[] = []
  const meant = new Map<string, number>()
  for (const { line, cells } of rows) {
    const [first = '', text = '', pseudonym = ''] = cells.map((cell) => cell.trim())
    if (entries.length === 0 && line === 1 && first.toLowerCase() === 'type') continue
    const type = typeOf(first)
    if (!type) throw fault(line, `"${first}" is no type`, `Use one of ${ENTITY_TYPES.join(', ')}.`)
    if (text === '' || text.length > MOST_CHARACTERS)
      throw fault(line, 'the text is empty or longer than 200 characters', 'Give each line a short text.')
    if (pseudonym !== '' && meant.has(pseudonym.toLowerCase()))
      throw fault(
        line,
        `"${pseudonym}" stands for another text already, in line ${meant.get(pseudonym.toLowerCase())}`,
        'Give every text a pseudonym of its own.',
      )
    if (pseudonym !== '') meant.set(pseudonym.toLowerCase(), line)
    entries.push({ type, text, pseudonym: pseudonym === '' ? null : pseudonym })
    if (entries.length > MOST_ENTRIES)
      throw fault(line, `there are more than ${MOST_ENTRIES} entries`, 'Split the dictionary.')
  }
  return entries
}

function typeOf(text: string): EntityType | undefined {
  const name = text
    .toUpperCase()
    .replaceAll(/[ -]/g, '_')
    .replace('ORGANIZATION', 'ORGANISATION')
    .replace('LICENSE', 'LICENCE')
  return ENTITY_TYPES.find((type) => type === name)
}

function rowsOf(csv: string): { line: number; cells: string[] }[] {
  const separator =
    [',', ';', '\t'].toSorted((left, right) => countIn(csv, right) - countIn(csv, left))[0] ?? ','
  const rows: { line: number; cells: string[] }[] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  let line = 1
  let startLine = 1
  const endRow = () => {
    cells.push(cell)
    if (cells.some((text) => text.trim() !== '')) rows.push({ line: startLine, cells })
    cells = []
    cell = ''
    startLine = line
  }
  for (let at = 0; at < csv.length; at++) {
    const one = csv[at] ?? ''
    if (one === '\n') line++
    if (quoted) {
      if (one === '"' && csv[at + 1] === '"') cell += csv[++at] ?? ''
      else if (one === '"') quoted = false
      else cell += one
    } else if (one === '"' && cell === '') quoted = true
    else if (one === separator) {
      cells.push(cell)
      cell = ''
    } else if (one === '\n') endRow()
    else if (one !== '\r') cell += one
  }
  if (quoted)
    throw fault(
      startLine,
      'a quotation mark is never closed',
      'Close it, or double it where it is part of the text.',
    )
  endRow()
  return rows
}

const countIn = (csv: string, separator: string) =>
  csv.slice(0, csv.indexOf('\n') + 1 || undefined).split(separator).length

const fault = (line: number, problem: string, fix: string) =>
  new PressroomError({ code: 'input.dictionary', message: `Line ${line}: ${problem}.`, fix, facts: { line } })
