// must: returns "contained"
// grants: {"log":true}
export default (input, host) => {
  let caller = null
  const text = {
    toString() {
      caller = new Error('x').stack.includes('process/main')
      return 'text'
    },
  }
  host.log(text)
  return caller ? 'saw the process' : 'contained'
}
