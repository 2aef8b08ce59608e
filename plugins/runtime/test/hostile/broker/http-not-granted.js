// must: fails capability.denied
export default (input, host) => host.http.request({ url: 'https://api.example.com/' })
