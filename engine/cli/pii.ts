import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Applied, Style } from '#gateway'
import { PressroomError, z } from '#graph'
import { print, printJson } from './output.ts'
import type { Pressroom } from './pressroom.ts'

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

/** `pressroom pii scan`: where personal data is in a text. */
export async function scanText(
  { pii }: Pressroom,
  options: { json?: boolean; jsonl?: boolean; dictionary?: string },
): Promise<void> {
  const detect = pii.tools.detector(await dictionaryText(options))
  if (options.jsonl) return eachLine((text) => ({ spans: detect(text), output: text }))
  const spans = detect(await standardInput())
  if (options.json) return printJson(spans)
  for (const { type, start, end, score } of spans) print(`${type}\t${start}\t${end}\t${score}`)
}

/** `pressroom pii apply`: the text as it would leave; what it stands for is in the vault. */
export async function applyPolicy(
  { pii }: Pressroom,
  options: { destination: string; jsonl?: boolean; style: Style; vault?: string; dictionary?: string },
): Promise<void> {
  const vault = pii.tools.open(
    options.vault ?? pii.vaultFile,
    options.destination,
    options.style,
    await dictionaryText(options),
  )
  try {
    if (options.jsonl) await eachLine((text) => vault.apply(text))
    else process.stdout.write(vault.applyOrThrow(await standardInput()))
  } finally {
    vault.save()
  }
}

/** `pressroom pii restore`: the originals again. */
export async function restoreText(
  { pii }: Pressroom,
  options: { jsonl?: boolean; vault?: string },
): Promise<void> {
  const restore = pii.tools.restorer(options.vault ?? pii.vaultFile)
  if (options.jsonl) return eachLine((text) => ({ spans: [], output: restore(text) }))
  process.stdout.write(restore(await standardInput()))
}

async function dictionaryText({ dictionary: file }: { dictionary?: string }): Promise<string> {
  if (file === undefined) return ''
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause)
    throw new PressroomError(
      {
        code: 'input.dictionary',
        message: `${file} can’t be read: ${problem}`,
        fix: 'Give the path of a CSV file with a line "type,text,pseudonym" for each term.',
      },
      cause,
    )
  }
}

/** A line in, a line out; a slow reader of ours holds the input back. */
async function eachLine(work: (text: string) => Applied): Promise<void> {
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
