// must: returns "said"
// grants: {"log":true}
export default () => {
  for (let line = 0; line < 200_000; line++) console.log('line', line, { line })
  return 'said'
}
