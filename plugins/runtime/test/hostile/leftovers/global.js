// must: returns "contained"
export default (input, host) => {
  if (input.role === 'leave') {
    globalThis.secret = input.secret
    return 'left'
  }
  return globalThis.secret ?? 'contained'
}
