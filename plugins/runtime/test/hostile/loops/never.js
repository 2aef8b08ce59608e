// must: fails sandbox.stalled
export default () => new Promise(() => {})
