// must: fails (node\.failed|http\.request_invalid)
// grants: {"http":{"hosts":["api.example.com"]}}
export default (input, host) =>
  host.http.request({ url: 'https://api.example.com/', method: 'CONNECT', hosts: ['*'], capability: 'model' })
