// must: fails sandbox.timeout
export default () => {
  const chain = new Proxy(
    {},
    { getPrototypeOf: () => chain, get: (_target, name) => (name === 'then' ? undefined : chain) },
  )
  let at = chain
  while (at) at = at.next
}
