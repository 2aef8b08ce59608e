// must: returns "contained"
export default (input, host) => {
  if (input.role === 'leave') {
    JSON.parse = () => ({ secret: input.secret })
    String.prototype.trim = () => input.secret
    return 'left'
  }
  return ' x '.trim() === 'x' ? 'contained' : 'patched'
}
