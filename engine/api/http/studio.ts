import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { noSuchPath, sendFailure } from './failures.ts'

/** The bundler puts a hash of its content into the name of everything in this folder. */
const HASHED = /[/\\]assets[/\\]/
const FOR_EVER = 'public, max-age=31536000, immutable'
const ASK_AGAIN = 'no-cache'
const OURS = /^\/(api|trpc|assets|hooks)(\/|$)/

/** Serves the built studio; a path that is no file is a place inside the studio, which its own router knows. */
export async function serveStudio(app: FastifyInstance, folder: string): Promise<void> {
  const built = existsSync(join(folder, 'index.html'))
  if (built) {
    await app.register(fastifyStatic, {
      root: folder,
      index: false,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (response, path) => {
        response.header('cache-control', HASHED.test(path) ? FOR_EVER : ASK_AGAIN)
      },
    })
  }
  const sendPage = (reply: FastifyReply) =>
    built ? reply.sendFile('index.html') : sendFailure(reply, 503, notBuilt)
  app.get('/', (_request, reply) => sendPage(reply))
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    const wantsPage =
      ['GET', 'HEAD'].includes(request.method) && request.headers.accept?.includes('text/html')
    return wantsPage && !OURS.test(path) ? sendPage(reply) : noSuchPath(request, reply)
  })
}

const notBuilt = {
  code: 'studio.not_built',
  message: 'The studio has not been built yet.',
  fix: 'Run "npm run build", then start Pressroom again.',
  retryable: false,
  facts: {},
}
