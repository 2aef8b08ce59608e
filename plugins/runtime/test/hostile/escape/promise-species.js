// must: returns "contained"
export default async (input, host) => {
  class Grab extends Promise {
    constructor(executor) {
      super((resolve, reject) => executor(resolve, reject))
      Grab.made = (Grab.made ?? 0) + 1
    }
  }
  Promise.prototype.constructor = Grab
  const reply = host.model.generate({ prompt: 'x', purpose: 'x' })
  try {
    return reply.constructor.constructor('return typeof process')()
  } catch {
    reply.catch(() => {})
    return 'contained'
  }
}
