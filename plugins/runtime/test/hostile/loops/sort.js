// must: fails sandbox.timeout
export default () => {
  const list = Array.from({ length: 1_000 }, (_, index) => index)
  for (;;) list.sort(() => 1)
}
