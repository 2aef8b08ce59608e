// must: returns "contained"
let resolveIt
export default (input, host) => {
  if (input.role === 'leave') {
    globalThis.waiting = new Promise((resolve) => (resolveIt = resolve))
    return 'left'
  }
  return resolveIt || globalThis.waiting ? 'found it' : 'contained'
}
