export * from './author.ts'
export * from './facts.ts'
export * from './grants.ts'
export * from './manifest.ts'
