import type { Failure } from '#graph'

/** As large as the server takes; a flow with 2,000 nodes is about 1 MB. */
export const MAX_DOCUMENT_BYTES = 4_000_000

/** As deep as the server takes; far deeper ones can't even be sent. */
const MAX_DEPTH = 64

export type ReadDocument = { document: unknown; failure: null } | { document: null; failure: Failure }

/** The document that a text holds; looked at no further here. */
export function readDocument(text: string): ReadDocument {
  const bytes = new TextEncoder().encode(text).byteLength
  if (bytes > MAX_DOCUMENT_BYTES) {
    return refused(
      'transfer.too_large',
      `The document has ${bytes} bytes; ${MAX_DOCUMENT_BYTES} is the limit.`,
      'Choose a file that holds a single flow.',
      { bytes },
    )
  }
  try {
    const document: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    if (!isTooDeep(document)) return { document, failure: null }
    return refused(
      'transfer.too_deep',
      `This is not a flow: it is nested more than ${MAX_DEPTH} deep.`,
      'Choose a file that was exported from Pressroom.',
      {},
    )
  } catch (error) {
    return refused(
      'transfer.not_json',
      'This is not a flow: it can’t be read as JSON.',
      'Choose a file that was exported from Pressroom, or paste its whole text.',
      { reason: error instanceof Error ? error.message : String(error) },
    )
  }
}

/** Level by level, without recursion, which such a document would exhaust. */
function isTooDeep(document: unknown): boolean {
  let level = [document]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH + 1) return true
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
  }
  return false
}

function refused(code: string, message: string, fix: string, facts: Record<string, unknown>): ReadDocument {
  return { document: null, failure: { code, message, fix, retryable: false, facts } }
}
