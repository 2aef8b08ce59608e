// must: fails node.failed
export default () => {
  throw new Error('x'.repeat(64 * 1024 * 1024))
}
