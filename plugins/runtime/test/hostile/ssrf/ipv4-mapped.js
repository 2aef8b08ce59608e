// must: fails http.refused
// grants: {"http":{"hosts":["*.public.test","rebinding.test","inside.test"]}}
export default async (input, host) =>
  (await host.http.request({ url: `http://[::ffff:127.0.0.1]:${input.port}/` })).text
