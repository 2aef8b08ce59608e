// must: returns "contained"
// grants: {"log":true}
export default (input, host) => {
  const deeper = (level) => {
    host.log(`${level}`)
    deeper(level + 1)
  }
  try {
    deeper(0)
  } catch (error) {
    try {
      return error.constructor.constructor('return typeof process')()
    } catch {}
  }
  return 'contained'
}
