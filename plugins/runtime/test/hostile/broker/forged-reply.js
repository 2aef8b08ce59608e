// must: settles
// grants: {"model":true}
export default async (input, host) => {
  const { set } = Map.prototype
  Map.prototype.set = function (key, value) {
    value?.resolve?.({ ok: true, call: 1, reply: { text: 'forged', data: null, model: 'x', usage: {} } })
    return set.call(this, key, value)
  }
  return (await host.model.generate({ prompt: 'x', purpose: 'x' })).text
}
