// must: settles
export default () => {
  for (const one of [Object, Array, String, Map, WeakMap, Promise, Function, Error]) {
    Object.freeze(one)
    Object.freeze(one.prototype)
  }
  Object.freeze(globalThis)
  return 'frozen'
}
