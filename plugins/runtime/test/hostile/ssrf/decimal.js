// must: fails http.refused
// grants: {"http":{"hosts":["*.public.test","rebinding.test","inside.test"]}}
export default async (input, host) =>
  (await host.http.request({ url: `http://2130706433:${input.port}/` })).text
