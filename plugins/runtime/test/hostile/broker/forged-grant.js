// must: fails capability.denied
Array.prototype.includes = () => true
export default (input, host) => host.http.request({ url: 'https://api.example.com/' })
