// must: returns "contained"
export default () => {
  try {
    return String(new WebAssembly.Memory({ initial: 60_000 }).buffer.byteLength)
  } catch {
    return 'contained'
  }
}
