// must: returns "contained"
export default () => {
  const wanted = [
    'process',
    'require',
    'module',
    'global',
    'Buffer',
    'setTimeout',
    'setImmediate',
    'fetch',
    'eval',
  ]
  wanted.push('WebAssembly', 'SharedArrayBuffer', 'Atomics', 'queueMicrotask', 'performance', 'navigator')
  wanted.push('pressroomGuest', 'ivm', '_ivm', 'Worker', 'XMLHttpRequest', 'WebSocket', 'Deno', 'Bun')
  const found = wanted.filter((name) => name in globalThis)
  return found.length === 0 ? 'contained' : found
}
