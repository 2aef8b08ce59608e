// must: returns "contained"
export default () =>
  new Proxy(
    {},
    {
      get(_target, name, receiver) {
        if (name === 'toJSON') return () => 'contained'
        return undefined
      },
      getPrototypeOf: () => Array.prototype,
    },
  )
