// must: returns "contained"
export default async (input, host) => {
  Error.prepareStackTrace = (_error, frames) => frames.map((frame) => frame.getThis?.())
  try {
    await host.model.generate({ prompt: 'x', purpose: 'x' })
  } catch (error) {
    const stack = [].concat(error.stack ?? [])
    if (stack.some((part) => typeof part === 'object' && part !== null && part.process))
      return 'reached process'
    try {
      return error.constructor.constructor('return typeof process')()
    } catch {}
  }
  return 'contained'
}
