// must: fails capability.exhausted
// grants: {"model":{"perMinute":3}}
export default async (input, host) => {
  for (let call = 0; call < 10; call++) await host.model.generate({ prompt: `call ${call}`, purpose: 'x' })
}
