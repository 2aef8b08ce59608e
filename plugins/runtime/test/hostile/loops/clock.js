// must: fails sandbox.timeout
export default () => {
  const until = Date.now() + 60_000
  while (Date.now() < until);
}
