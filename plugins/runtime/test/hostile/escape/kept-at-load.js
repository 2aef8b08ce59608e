// must: returns "contained"
const kept = [
  globalThis.eval,
  globalThis.WebAssembly,
  globalThis.SharedArrayBuffer,
  globalThis.pressroomGuest,
]
let made
try {
  made = Function('return 1')
} catch {}
export default () => (kept.every((one) => one === undefined) && !made ? 'contained' : 'kept something')
