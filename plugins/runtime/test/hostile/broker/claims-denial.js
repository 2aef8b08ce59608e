// must: fails node.failed
export default () => {
  const error = new Error('the host said so')
  error.name = 'HostFailure'
  error.call = 1
  throw error
}
