// must: fails sandbox.message_too_large
// grants: {"model":true}
export default (input, host) => host.model.generate({ prompt: 'x'.repeat(16 * 1024 * 1024), purpose: 'x' })
