import type { Failure } from '#graph'

/** As large as the server takes; a flow with 2,000 nodes is about 1 MB. */
export const MAX_DOCUMENT_BYTES = 4_000_000

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
    return { document: JSON.parse(text.replace(/^\uFEFF/, '')), failure: null }
  } catch (error) {
    return refused(
      'transfer.not_json',
      'This is not a flow: it can’t be read as JSON.',
      'Choose a file that was exported from Pressroom, or paste its whole text.',
      { reason: error instanceof Error ? error.message : String(error) },
    )
  }
}

function refused(code: string, message: string, fix: string, facts: Record<string, unknown>): ReadDocument {
  return { document: null, failure: { code, message, fix, retryable: false, facts } }
}
