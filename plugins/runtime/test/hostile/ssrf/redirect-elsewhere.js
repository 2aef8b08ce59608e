// must: fails http.refused
// grants: {"http":{"hosts":["www.public.test:OUTSIDE"]}}
export default async (input, host) =>
  (await host.http.request({ url: `http://www.public.test:${input.outside}/elsewhere` })).text
