import { expect, test } from 'vitest'
import { scriptedHost, stepContext } from '../plugins/sdk/testing.ts'
import handler from './error-handler.ts'

test('“stop” ends the run with the words and the fix of what failed', async () => {
  const error = { failure: { message: 'No model answered.', fix: 'Start one.' }, item: 'Spring' }
  const context = stepContext<{ how: 'stop'; words: string }, (typeof handler)['inputs']>({
    config: { how: 'stop', words: 'Without texts there is no campaign.' },
    host: scriptedHost(() => ''),
    inputs: { error },
  })
  await expect(async () => handler.run(context)).rejects.toMatchObject({
    code: 'flow.stopped',
    message: 'Without texts there is no campaign.',
    fix: 'Start one.',
    facts: { failure: error.failure },
  })
})
