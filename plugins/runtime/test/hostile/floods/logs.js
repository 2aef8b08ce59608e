// must: returns "said"
// grants: {"log":true}
export default (input, host) => {
  for (let line = 0; line < 200_000; line++) host.log(`line ${line}`)
  return 'said'
}
