export { createApi, type Api } from './app.ts'
export type { ApiDeps, Readiness, Services, Template } from './deps.ts'
export type { AppRouter } from './router.ts'
