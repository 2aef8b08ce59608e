// must: returns "said"
// grants: {"log":true}
export default (input, host) => {
  const facts = Object.fromEntries(Array.from({ length: 50_000 }, (_, key) => [`key ${key}`, key]))
  for (let line = 0; line < 5; line++) host.log('much', facts)
  return 'said'
}
