import { PressroomError } from '#graph'
import type { Account } from '../auth/accounts.ts'
import type { Context } from '../context.ts'

/** Whose account it is; a key has none, whoever made it. */
export async function accountOf(ctx: Pick<Context, 'account'>): Promise<Account> {
  const account = await ctx.account()
  if (account) return account
  throw new PressroomError({
    code: 'auth.people_only',
    message: 'An API key has no account of its own.',
    fix: 'Sign in as a person to do this.',
  })
}
