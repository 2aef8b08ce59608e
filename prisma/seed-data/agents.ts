import type { Agent } from '#graph'
import { editors } from './agents/editors.ts'
import { evaluators } from './agents/evaluators.ts'
import { writers } from './agents/writers.ts'

export const agents: Agent[] = [...writers, ...editors, ...evaluators]
