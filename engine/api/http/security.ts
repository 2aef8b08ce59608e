import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

const ONE_YEAR_SECONDS = 31_536_000

/** Headers for a studio that loads nothing from elsewhere. Ionic and Vue set styles in attributes, hence that exception. */
export async function addSecurityHeaders(app: FastifyInstance, publicUrl: string): Promise<void> {
  const encrypted = publicUrl.startsWith('https:')
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'"],
        objectSrc: ["'none'"],
        frameSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        ...(encrypted ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
    // Browsers ignore both, with a warning each, on a page that came without encryption.
    crossOriginOpenerPolicy: encrypted ? { policy: 'same-origin' } : false,
    originAgentCluster: encrypted,
    hsts: encrypted ? { maxAge: ONE_YEAR_SECONDS } : false,
  })
}
