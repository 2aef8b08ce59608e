// must: fails capability.denied
export default (input, host) => host.model.generate({ prompt: 'x', purpose: 'x' })
