// must: settles
// grants: {"model":true}
export default async (input, host) => {
  Promise.prototype.then = function () {
    return { then: null }
  }
  return (await host.model.generate({ prompt: 'x', purpose: 'x' })).text
}
