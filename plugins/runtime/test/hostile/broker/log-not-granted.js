// must: fails capability.denied
export default (input, host) => host.log('x')
