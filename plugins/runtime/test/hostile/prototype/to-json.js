// must: fails (output\.invalid|node\.failed)
// grants: {"progress":true}
export default (input, host) => {
  Object.prototype.toJSON = () => ({ kind: 'done', step: 1, outputs: 'none' })
  host.progress('x')
  return 1
}
