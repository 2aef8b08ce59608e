// must: returns "said"
// grants: {"progress":true}
export default (input, host) => {
  for (let line = 0; line < 200_000; line++) host.progress(`line ${line}`)
  return 'said'
}
