import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { issuerSchema } from './schemas.ts'

/** Asks an issuer who it is, before anybody relies on it. */
export const test = protectedProcedure('sign-on:manage')
  .input(z.strictObject({ issuer: issuerSchema }))
  .output(z.object({ issuer: z.string(), authorizationEndpoint: z.string() }))
  .mutation(({ ctx, input: { issuer } }) => ctx.services.openId.discover(issuer))
