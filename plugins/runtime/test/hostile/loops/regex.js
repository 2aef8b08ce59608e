// must: fails sandbox.timeout
export default () => /^(a+)+$/.test(`${'a'.repeat(50)}!`)
