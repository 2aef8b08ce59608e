import { readFile } from 'node:fs/promises'
import { PressroomError, z } from '#graph'
import type { Json } from '#run/interfaces.ts'

const MAX_INPUT_BYTES = 1_048_576

/** Reads a run's input: a brief as it is, or `{ "brief": ... }`. `-` reads standard input. */
export async function readInput(path: string): Promise<unknown> {
  const value = await readJson(path)
  const wrapped = typeof value === 'object' && value !== null && ('brief' in value || 'value' in value)
  return wrapped ? value : { brief: value }
}

/** Reads changed items: an object of values by the items' paths. */
export async function readItems(path: string): Promise<Record<string, Json>> {
  const { success, data } = z.record(z.string(), z.json()).safeParse(await readJson(path))
  if (success) return data
  throw badInput(
    `${path} holds no items by their paths.`,
    'Give an object such as { "brief.brief": { ... } } with the items that change.',
  )
}

export const readJson = async (path: string): Promise<unknown> =>
  parsed(path === '-' ? await standardInput() : await fileText(path), path)

async function fileText(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8')
    return limited(text, path)
  } catch (error) {
    if (error instanceof PressroomError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw badInput(`${path} can't be read: ${message}`, 'Give the path of a JSON file.')
  }
}

async function standardInput(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8'))
    text = limited(text + String(chunk), 'standard input')
  return text
}

function limited(text: string, from: string): string {
  if (Buffer.byteLength(text) <= MAX_INPUT_BYTES) return text
  throw badInput(`${from} is larger than 1 MiB.`, 'Give a smaller one.')
}

function parsed(text: string, from: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw badInput(
      `${from} is not JSON: ${message}`,
      'Correct the file; templates/*/brief.json are examples.',
    )
  }
}

function badInput(message: string, fix: string): PressroomError {
  return new PressroomError({ code: 'input.invalid', message, fix })
}
