import type { Readable } from 'node:stream'
import { PressroomError } from '#graph'

/** More than any password, and little enough to read whatever somebody pipes in. */
const MAX_BYTES = 4_096

/** All of the input, without the line end that `echo` and editors add. */
export async function readPassword(
  input: Readable,
  characters: { min: number; max: number },
): Promise<string> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of input as AsyncIterable<Buffer>) {
    pieces.push(piece)
    bytes += piece.length
    if (bytes > MAX_BYTES) break
  }
  const password = Buffer.concat(pieces)
    .toString('utf8')
    .replace(/\r?\n$/, '')
  const { min, max } = characters
  if (password.length >= min && password.length <= max) return password
  throw new PressroomError({
    code: 'input.password',
    message: `A password has ${min} to ${max} characters.`,
    fix: 'Give it on standard input: printf %s "$PASSWORD" | npm run pressroom -- admin …',
  })
}
