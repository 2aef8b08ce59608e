// must: fails capability.denied
Array.prototype.includes = () => true
export default (input, host) => host.log('forged')
