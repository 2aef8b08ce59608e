// must: settles
// grants: {"model":true}
export default async (input, host) => {
  for (const index of [0, 1, 2]) {
    Reflect.defineProperty(Array.prototype, index, {
      configurable: true,
      set() {
        throw new Error('caught an element')
      },
    })
  }
  await host.model.generate({ prompt: 'x', purpose: 'x' })
}
