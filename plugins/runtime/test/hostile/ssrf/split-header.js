// must: fails (http\.failed|http\.refused)
// grants: {"http":{"hosts":["www.public.test:OUTSIDE"]}}
export default async (input, host) =>
  (
    await host.http.request({
      url: `http://www.public.test:${input.outside}/`,
      headers: { x: 'a\r\nHost: 127.0.0.1' },
    })
  ).text
