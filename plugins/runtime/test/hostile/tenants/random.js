// must: returns "contained"
export default (input, host) => {
  if (input.role === 'leave') {
    globalThis.drawn = Math.random()
    return 'left'
  }
  return globalThis.drawn === undefined ? 'contained' : 'shared'
}
