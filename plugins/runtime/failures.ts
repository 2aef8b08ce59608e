import type { Failure } from '#graph'

const failure = (
  code: string,
  message: string,
  fix: string,
  retryable = false,
  facts: Failure['facts'] = {},
): Failure => ({
  code,
  message,
  fix,
  retryable,
  facts,
})

export interface NodeFacts {
  nodeType: string
  nodeId: string
  title: string
}

const factsOf = ({ nodeType, nodeId }: NodeFacts) => ({ nodeType, nodeId })

export const cancelled = (node: NodeFacts): Failure =>
  failure(
    'step.cancelled',
    `"${node.title}" was cancelled.`,
    'Start the run again if it should go on.',
    false,
    factsOf(node),
  )

export const timedOut = (node: NodeFacts, what: string): Failure =>
  failure(
    'sandbox.timeout',
    `"${node.title}" was stopped: ${what}.`,
    'Give the node less to do at a time, or correct a loop in its code that does not end.',
    false,
    factsOf(node),
  )

export const outOfMemory = (node: NodeFacts): Failure =>
  failure(
    'sandbox.out_of_memory',
    `"${node.title}" was stopped: it used more memory than a node may.`,
    'Give the node smaller items, or fewer of them at a time.',
    false,
    factsOf(node),
  )

export const crashed = (node: NodeFacts, how: string): Failure =>
  failure(
    'sandbox.crashed',
    `The sandbox process ended while "${node.title}" was running in it (${how}).`,
    'The step may be tried again. If it fails each time, look for what is unusual in its input and report it.',
    true,
    { ...factsOf(node), how },
  )

export const killed = (node: NodeFacts, signal: string): Failure =>
  failure(
    'sandbox.killed',
    `The sandbox process was killed from outside while "${node.title}" was running in it (${signal}).`,
    'The step may be tried again. If it happens often, look for what ends processes on this machine, such as a lack of memory.',
    true,
    { ...factsOf(node), signal },
  )

export const restarted = (node: NodeFacts): Failure =>
  failure(
    'sandbox.restarted',
    `The sandbox of "${node.title}" had to be restarted because of something else that ran in it.`,
    'Try the step again; the model calls that it finished are not repeated.',
    true,
    factsOf(node),
  )

export const unavailable = (node: NodeFacts, why: string): Failure =>
  failure(
    'sandbox.unavailable',
    `No sandbox process could be started for "${node.title}": ${why}.`,
    'Look at memory and process limits of this machine and at the server log.',
    true,
    { ...factsOf(node), why },
  )

export const stalled = (node: NodeFacts): Failure =>
  failure(
    'sandbox.stalled',
    `"${node.title}" waits for something that can never come.`,
    'A node may wait for its requests to the host only; correct the promise in its code that nothing settles.',
    false,
    factsOf(node),
  )

export const inputTooLarge = (node: NodeFacts, length: number, limit: number): Failure =>
  failure(
    'sandbox.input_too_large',
    `What arrived at "${node.title}" is ${length} characters; a node can take ${limit}.`,
    'Split the items up, or take out what this node does not need.',
    false,
    { ...factsOf(node), length, limit },
  )

export const unknownNode = (node: string): Failure =>
  failure(
    'node.unknown',
    `This installation has no node "${node}".`,
    'Install the plugin that brings it, or replace the node in the flow.',
    false,
    {
      node,
    },
  )

export const denied = (node: NodeFacts, capability: string): Failure =>
  failure(
    'capability.denied',
    `"${node.title}" used "${capability}", which it was not granted.`,
    `Declare "${capability}" in the node's \`uses\` and grant it to the plugin.`,
    false,
    { ...factsOf(node), capability },
  )

export const exhausted = (node: NodeFacts, capability: string, what: string, limit: number): Failure =>
  failure(
    'capability.exhausted',
    `"${node.title}" used up its ${what} of "${capability}": ${limit} were granted.`,
    'Let the node ask for less, or grant it more.',
    false,
    { ...factsOf(node), capability, what, limit },
  )

export const invalidPlugin = (node: NodeFacts, problem: string): Failure =>
  failure(
    'plugin.invalid',
    `The code of "${node.title}" can't be loaded: ${problem}`,
    'Correct the code that runs when the plugin is loaded.',
    false,
    factsOf(node),
  )

export const invalidMessage = (node: NodeFacts, problem: string): Failure =>
  failure(
    'output.invalid',
    `"${node.title}" put out something that cannot be used: ${problem}.`,
    'Correct what the node returns.',
    false,
    { ...factsOf(node), problem },
  )

const FIXES: Record<string, string> = {
  'node.failed':
    "Look at what arrived at the node and at its configuration; report it to the node's author if both are fine.",
  'config.invalid': 'Correct the fields that the message names in the node.',
  'template.failed': 'Correct the Liquid text in the field that the message names.',
  'output.invalid': "The node's code and its declared outputs disagree; report it to the node's author.",
  'wait.invalid': "The node's code and what it declares in `waits` disagree; report it to the node's author.",
  'model.reply_invalid':
    'Read the attached reply. Try again, or choose a model that follows a JSON Schema more reliably.',
  'flow.stopped': 'Look at the step that failed.',
  'child.failed': 'Open the run that failed and see what happened.',
  'capability.denied': "Declare the capability in the node's `uses` and grant it to the plugin.",
  'sandbox.message_too_large': 'Let the node send less at a time.',
  'http.request_invalid': 'Correct the address, method or headers that the node gives.',
  'sandbox.too_many_calls': 'Let the node wait for some of its requests before it makes more.',
  'node.unknown': 'Install the version of the plugin that brings the node.',
}

/** Codes that only the engine gives: node code can't claim that it was cancelled or that its sandbox crashed. */
const RESERVED = /^(sandbox|step|run|internal|capability)\./

/** What node code says of its own failure. Never retryable: finished calls are journalled, so it would meet the same replies. */
export function fromGuest(
  node: NodeFacts,
  said: { code: string; message: string; fix?: string; facts: Failure['facts'] },
): Failure {
  const code = Object.hasOwn(FIXES, said.code) || !RESERVED.test(said.code) ? said.code : 'node.failed'
  const fix = said.fix ?? FIXES[code] ?? FIXES['node.failed'] ?? ''
  return failure(code, said.message, fix, false, { ...said.facts, ...factsOf(node) })
}
