// must: fails node.failed
export default () => {
  throw new Proxy(new Error('x'), {
    get(target, name) {
      throw new Proxy(
        {},
        {
          get: () => {
            throw 0
          },
        },
      )
    },
    getPrototypeOf() {
      throw new Error('looked at')
    },
  })
}
