// must: fails sandbox.timeout
export default async () => {
  for (;;) await null
}
