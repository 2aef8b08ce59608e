import { answerWait, type AnsweringParts } from './answer-wait.ts'
import type { CallbackTokens } from './callback-tokens.ts'
import type { Callbacks } from './interfaces.ts'

export function createCallbacks(parts: AnsweringParts, tokens: CallbackTokens): Callbacks {
  return {
    token: ({ tokenHash, ...step }) => (tokenHash === null ? null : tokens.matching(step, tokenHash)),

    async answer(token, value) {
      const hash = tokens.hash(token)
      const wait = await parts.runs.callback(hash)
      if (!wait) return false
      if (wait.answered || (await answerWait(parts, wait, { value, by: null }))) return true
      // Of two calls at once, the one that came second still came to a step that waited for it.
      return (await parts.runs.callback(hash))?.answered ?? false
    },
  }
}
