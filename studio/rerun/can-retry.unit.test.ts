import { expect, test } from 'vitest'
import { RUN_STATUSES, isTerminal } from '#graph'
import { retryWords } from './can-retry.ts'

test('a retry is offered for runs that failed or were cancelled, and for finished ones with failed steps', () => {
  const offered = (failedSteps: number) =>
    RUN_STATUSES.filter((status) => retryWords({ status, failedSteps }))
  expect(offered(0)).toEqual(['failed', 'cancelled'])
  expect(offered(1)).toEqual(RUN_STATUSES.filter(isTerminal))
})
