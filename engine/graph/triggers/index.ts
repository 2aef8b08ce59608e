export * from './mapping.ts'
export * from './triggers.ts'
