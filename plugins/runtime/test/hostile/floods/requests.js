// must: fails (capability\.exhausted|sandbox\.too_many_calls)
// grants: {"model":true}
export default async (input, host) => {
  for (;;)
    await host.model.generate({ prompt: 'again', purpose: 'x' }).catch((error) => {
      if (/used up/.test(error.message)) throw error
    })
}
