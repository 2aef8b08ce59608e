// must: returns "contained"
export default (input, host) => {
  if (input.role === 'leave') {
    Object.prototype.secret = input.secret
    return 'left'
  }
  return {}.secret ?? 'contained'
}
