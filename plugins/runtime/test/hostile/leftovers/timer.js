// must: returns "contained"
export default (input, host) => {
  if (input.role === 'leave') {
    void (async () => {
      for (let turn = 0; turn < 1_000; turn++) await null
      globalThis.late = true
    })()
    return 'left'
  }
  return globalThis.late ? 'found it' : 'contained'
}
