// must: fails http.refused
// grants: {"http":{"hosts":["*.public.test","rebinding.test","inside.test"]}}
export default async (input, host) => (await host.http.request({ url: `http://0:${input.port}/` })).text
