/** Pure: runs in the browser and on the server alike. No Node built-ins, no clock, no randomness. */
export * from '#sdk'
export * from './errors.ts'
export * from './flow.ts'
export * from './catalog.ts'
export * from './plan-types.ts'
export * from './events.ts'
export * from './document.ts'
