// must: fails sandbox.timeout
export default () => {
  const error = new Error('x')
  Reflect.defineProperty(error, 'message', {
    get() {
      for (;;);
    },
  })
  throw error
}
