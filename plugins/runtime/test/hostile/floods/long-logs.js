// must: returns "said"
// grants: {"log":true}
export default (input, host) => {
  for (let line = 0; line < 400; line++) host.log('x'.repeat(100_000), { more: 'y'.repeat(100_000) })
  return 'said'
}
