import { betterAuth } from 'better-auth'
import { twoFactor } from 'better-auth/plugins/two-factor'
import type { FastifyBaseLogger } from 'fastify'
import type pg from 'pg'
import { openSession } from './open-session.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS } from './session.ts'

const HOUR_SECONDS = 3_600
const SESSION_SECONDS = 7 * 24 * HOUR_SECONDS
const PROLONGED_AFTER_SECONDS = 24 * HOUR_SECONDS
/** A session that has less than this left is prolonged when it is used. */
export const PROLONGED_BELOW_MS = (SESSION_SECONDS - PROLONGED_AFTER_SECONDS) * 1_000
/** Our own header, set from the connection; what a client sends under this name is dropped. */
export const CLIENT_ADDRESS_HEADER = 'x-pressroom-client-address'
export const AUTH_PATH = '/api/auth'

export interface AuthSettings {
  pool: pg.Pool
  secret: string
  publicUrl: string
  log: FastifyBaseLogger
  /** Whether a page from this origin is ours, for a request sent to this host. */
  isOwnOrigin(origin: string, host: string | null): boolean
}

const twoFactorTables = {
  user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
  twoFactor: {
    modelName: 'two_factors',
    fields: {
      userId: 'user_id',
      backupCodes: 'backup_codes',
      failedVerificationCount: 'failed_verification_count',
      lockedUntil: 'locked_until',
    },
  },
}
const times = { createdAt: 'created_at', updatedAt: 'updated_at' }

/** better-auth on the tables of `prisma/schema.prisma`. Sign-up is closed; limits are kept by the HTTP layer. */
export function createBetterAuth({ pool, secret, publicUrl, log, isOwnOrigin }: AuthSettings) {
  return betterAuth({
    appName: 'Pressroom',
    baseURL: publicUrl,
    basePath: AUTH_PATH,
    secret,
    database: pool,
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: { log: (level, message, ...rest) => log[level]({ rest }, `better-auth: ${message}`) },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_MIN_CHARACTERS,
      maxPasswordLength: PASSWORD_MAX_CHARACTERS,
      password: {
        hash: hashPassword,
        verify: ({ password, hash }) => verifyPassword(password, hash),
      },
    },
    trustedOrigins: (request) => {
      const origin = request?.headers.get('origin')
      return origin && isOwnOrigin(origin, request?.headers.get('host') ?? null) ? [origin] : []
    },
    advanced: {
      cookiePrefix: 'pressroom',
      useSecureCookies: publicUrl.startsWith('https:'),
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    },
    user: { modelName: 'users', fields: { emailVerified: 'email_verified', ...times } },
    session: {
      modelName: 'sessions',
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        ...times,
      },
      // Named as better-auth's organisation plugin would name it.
      additionalFields: {
        activeOrganizationId: {
          type: 'string',
          required: false,
          input: false,
          fieldName: 'active_organization_id',
        },
      },
      expiresIn: SESSION_SECONDS,
      updateAge: PROLONGED_AFTER_SECONDS,
    },
    account: {
      modelName: 'accounts',
      fields: {
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        ...times,
      },
    },
    verification: { modelName: 'verifications', fields: { expiresAt: 'expires_at', ...times } },
    plugins: [twoFactor({ issuer: 'Pressroom', schema: twoFactorTables }), openSession()],
  })
}
