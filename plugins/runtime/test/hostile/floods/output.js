// must: fails sandbox.message_too_large
export default () => 'x'.repeat(5 * 1024 * 1024)
