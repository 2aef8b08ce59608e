import { once } from 'node:events'
import { createInterface } from 'node:readline'
import {
  DESTINATIONS,
  type Destination,
  STRICT,
  type Style,
  blockedError,
  createDetector,
  createPseudonymiser,
  restore,
  treat,
} from '#gateway'
import { PressroomError, z } from '#graph'
import { print, printJson } from './output.ts'
import { readVault, writeVault } from './vault-file.ts'

const MAX_CHARACTERS = 64 * 1_048_576
/** What `apply` prints can be given to `restore` as it is. */
const lineSchema = z
  .object({
    id: z.union([z.string(), z.number()]),
    text: z.string().optional(),
    output: z.string().optional(),
  })
  .refine(({ text, output }) => (text ?? output) !== undefined)
  .transform(({ id, text = '', output }) => ({ id, text: output ?? text }))

interface Keys {
  /** Seals the vault. */
  vault: string
  pseudonyms: string
  file: string
}

interface Line {
  spans: ReturnType<ReturnType<typeof createDetector>>
  /** Null where the policy keeps the text from leaving; `blocked` says for which types. */
  output: string | null
  blocked?: string[]
}

/** `pressroom pii scan`: where personal data is in a text. */
export async function scanText(options: { json?: boolean; jsonl?: boolean }): Promise<void> {
  const detect = createDetector()
  if (options.jsonl) return eachLine((text) => ({ spans: detect(text), output: text }))
  const text = await standardInput()
  const spans = detect(text)
  if (options.json) return printJson(spans)
  for (const { type, start, end, score } of spans) print(`${type}\t${start}\t${end}\t${score}`)
}

/** `pressroom pii apply`: the text as it would leave; what it stands for is in the vault. */
export async function applyPolicy(
  keys: Keys,
  options: { destination: string; jsonl?: boolean; style: Style },
): Promise<void> {
  const destination = destinationOf(options.destination)
  const vault = readVault(keys.file, keys.vault)
  const pseudonymiser = createPseudonymiser({ key: keys.pseudonyms, style: options.style, vault })
  const detect = createDetector()
  const known = vault.entries.length
  const work = (text: string): Line => {
    const spans = detect(text)
    const treated = treat(text, spans, (type) => STRICT[type][destination], pseudonymiser)
    if (treated.blocked.length === 0) return { spans, output: treated.output }
    if (options.jsonl) return { spans, output: null, blocked: treated.blocked }
    throw blockedError(treated, destination)
  }
  try {
    if (options.jsonl) await eachLine(work)
    else process.stdout.write(work(await standardInput()).output ?? '')
  } finally {
    if (vault.entries.length > known) writeVault(keys.file, keys.vault, vault)
  }
}

/** `pressroom pii restore`: the originals again. */
export async function restoreText(keys: Keys, options: { jsonl?: boolean }): Promise<void> {
  const vault = readVault(keys.file, keys.vault)
  if (options.jsonl) return eachLine((text) => ({ spans: [], output: restore(vault, text) }))
  process.stdout.write(restore(vault, await standardInput()))
}

function destinationOf(text: string): Destination {
  const found = DESTINATIONS.find((destination) => destination === text)
  if (found) return found
  throw new PressroomError({
    code: 'input.destination',
    message: `There is no destination "${text}".`,
    fix: `Use one of ${DESTINATIONS.join(', ')}.`,
  })
}

/** A line in, a line out; a slow reader of ours holds the input back. */
async function eachLine(work: (text: string) => Line): Promise<void> {
  let number = 0
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    number++
    if (line.trim() === '') continue
    const { id, text } = parsedLine(line, number)
    const result = `${JSON.stringify({ id, ...work(text) })}\n`
    if (!process.stdout.write(result)) await once(process.stdout, 'drain')
  }
}

function parsedLine(line: string, number: number): z.infer<typeof lineSchema> {
  try {
    return lineSchema.parse(JSON.parse(line))
  } catch (cause) {
    throw new PressroomError(
      {
        code: 'input.line',
        message: `Line ${number} is no {"id": …, "text": "…"}.`,
        fix: 'Give one JSON object a line.',
        facts: { line: number },
      },
      cause,
    )
  }
}

async function standardInput(): Promise<string> {
  const pieces: string[] = []
  let length = 0
  for await (const piece of process.stdin.setEncoding('utf8')) {
    pieces.push(String(piece))
    length += String(piece).length
    if (length <= MAX_CHARACTERS) continue
    throw new PressroomError({
      code: 'input.invalid',
      message: 'The text is larger than 64 MiB.',
      fix: 'Split it, or give it line by line with --jsonl.',
    })
  }
  return pieces.join('')
}
