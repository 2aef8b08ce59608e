import { z } from 'zod'
import type { NodeDefinition } from './node.ts'

/** A definition as data, not checked. `config` becomes JSON Schema (draft 2020-12, input side, with `x-pressroom` hints). */
export function factsOf({ run: _run, config, ...facts }: NodeDefinition) {
  return { ...facts, calls: facts.calls ?? [], config: z.toJSONSchema(config, { io: 'input' }) }
}
