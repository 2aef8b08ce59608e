// must: fails sandbox.timeout
export default () => {
  const forever = (function* () {
    for (;;) yield 1
  })()
  let sum = 0
  for (const one of forever) sum += one
  return sum
}
