// must: returns "contained"
let secret
export default (input, host) => {
  if (input.role === 'leave') {
    secret = input.secret
    return 'left'
  }
  return secret ?? 'contained'
}
