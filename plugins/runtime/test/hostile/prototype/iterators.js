// must: settles
export default () => {
  Array.prototype[Symbol.iterator] = function* () {
    for (;;) yield 'forever'
  }
  Object.entries = () => [['output', { type: 'any' }]]
  return { a: [1] }
}
