// must: returns "contained"
export default (input, host) => {
  const places = [
    globalThis.process?.env,
    host.secrets,
    host.state,
    host.files,
    host.store,
    globalThis.organisation,
  ]
  return places.every((place) => place === undefined) ? 'contained' : 'reached something'
}
