/** A host for tests of single nodes: its model gives scripted replies, its random numbers come from a list. */
import type { Host, InputPort, ModelRequest, StepContext } from './node.ts'
import { waitIn, type Wait } from './waits.ts'
import { NO_USAGE } from './values.ts'
import type { z } from 'zod'

export type AskedRequest = Pick<ModelRequest<undefined>, 'model' | 'system' | 'prompt' | 'purpose'>
export type Answer = (request: AskedRequest, index: number) => string | Record<string, unknown>

export interface ScriptedHost extends Host {
  asked: AskedRequest[]
}

export function scriptedHost(answer: Answer, randoms: number[] = [0]): ScriptedHost {
  const asked: AskedRequest[] = []
  let drawn = 0
  const generate = async (request: ModelRequest<z.ZodType | undefined>) => {
    const reply = answer(request, asked.push(request) - 1)
    const text = typeof reply === 'string' ? reply : JSON.stringify(reply)
    const data = request.schema === undefined ? null : request.schema.parse(reply)
    return { text, data, model: request.model ?? 'default', usage: { ...NO_USAGE, calls: 1 } }
  }
  return {
    asked,
    model: { generate: generate as Host['model']['generate'] },
    http: { request: () => Promise.reject(new Error('this host has no network')) },
    log: () => undefined,
    progress: () => undefined,
    random: () => randoms[drawn++ % randoms.length] ?? 0,
  }
}

type Given<C, I extends Record<string, InputPort>> = Partial<StepContext<C, I>> &
  Pick<StepContext<C, I>, 'config' | 'host'>

export function stepContext<C, I extends Record<string, InputPort>>(given: Given<C, I>): StepContext<C, I> {
  return {
    step: { id: 'step-1', nodeId: 'node', path: 'node' },
    run: { id: 'run-1', seed: 1, input: {} },
    inputs: {},
    gathered: {} as StepContext<C, I>['gathered'],
    entry: null,
    agents: {},
    contentType: null,
    resumed: null,
    rework: null,
    ...given,
  }
}

/** What a node put out; throws where it waits instead. */
export async function outputsOf<T extends object>(returned: T | Promise<T>): Promise<Exclude<T, Wait>> {
  const outputs = await returned
  if (waitIn(outputs) !== null) throw new Error('the node waits')
  return outputs as Exclude<T, Wait>
}
