/**
 * Breaks a stream off without the mark of a proper end, so that a reader who is still there comes back for the rest. tRPC
 * writes nothing for errors of this name.
 */
export const cutOff = (): DOMException => new DOMException('The stream was broken off.', 'AbortError')

export const isCutOff = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError'
