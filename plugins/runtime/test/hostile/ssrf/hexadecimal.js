// must: fails http.refused
// grants: {"http":{"hosts":["*.public.test","rebinding.test","inside.test"]}}
export default async (input, host) =>
  (await host.http.request({ url: `http://0x7f000001:${input.port}/` })).text
