// must: fails capability.exhausted
// grants: {"http":{"hosts":["api.example.com"],"requests":2}}
export default async (input, host) => {
  for (let call = 0; call < 5; call++) {
    const asked = host.http.request({ url: 'http://127.0.0.1/' })
    if (call < 2) await asked.catch(() => {})
    else await asked
  }
}
