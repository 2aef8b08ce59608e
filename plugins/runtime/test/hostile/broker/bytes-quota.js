// must: fails capability.exhausted
// grants: {"model":{"bytes":1000}}
export default (input, host) => host.model.generate({ prompt: 'x'.repeat(5_000), purpose: 'x' })
