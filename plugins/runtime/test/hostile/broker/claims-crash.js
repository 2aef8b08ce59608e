// must: fails node.failed
export default () => {
  throw Object.assign(new Error('not mine'), { code: 'sandbox.crashed', retryable: true })
}
