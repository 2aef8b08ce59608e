// must: returns "contained"
export default (input, host) => {
  const odd = ['__proto__', 'constructor', 'prototype', '__defineGetter__'].map(
    (name) => host[name] ?? input[name],
  )
  for (const thing of odd) {
    try {
      const made = thing?.constructor?.('return process')
      if (made?.pid || made?.()?.pid) return 'reached process'
    } catch {}
  }
  return 'contained'
}
