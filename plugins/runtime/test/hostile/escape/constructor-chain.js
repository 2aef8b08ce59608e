// must: returns "contained"
export default (input, host) => {
  for (const thing of [host, host.log, host.model.generate, input, input.port, Promise.resolve()]) {
    try {
      return thing.constructor.constructor('return process')().pid
    } catch {}
  }
  return 'contained'
}
