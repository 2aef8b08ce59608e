// must: fails http.refused
// grants: {"http":{"hosts":["*.public.test","rebinding.test","inside.test"]}}
export default async (input, host) =>
  (await host.http.request({ url: `http://169.254.169.254:${input.port}/` })).text
