// must: settles
// grants: {"model":true}
export default async (input, host) => {
  Object.prototype.then = function (resolve) {
    resolve(this === globalThis ? 'global' : 'caught')
  }
  return (await host.model.generate({ prompt: 'x', purpose: 'x' })).text
}
