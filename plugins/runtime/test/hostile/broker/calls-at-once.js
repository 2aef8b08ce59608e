// must: fails (sandbox\.too_many_calls|capability\.exhausted)
// grants: {"model":true}
export default (input, host) =>
  Promise.all(
    Array.from({ length: 5_000 }, (_, call) => host.model.generate({ prompt: `${call}`, purpose: 'x' })),
  )
