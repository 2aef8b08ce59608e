import {
  createTRPCClient,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  splitLink,
} from '@trpc/client'
import type { inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '#api'

const url = '/trpc'

export const api = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: (operation) => operation.type === 'subscription',
      true: httpSubscriptionLink({ url }),
      // A plan may carry sample data, which is too long for an address.
      false: splitLink({
        condition: ({ path }) => path === 'runs.plan',
        true: httpLink({ url, methodOverride: 'POST' }),
        false: httpBatchStreamLink({ url }),
      }),
    }),
  ],
})

export type Outputs = inferRouterOutputs<AppRouter>
