// must: returns "contained"
export default (input, host) => {
  if (input.role === 'leave') {
    Symbol.for(input.secret)[input.secret] = 1
    return 'left'
  }
  return Object.getOwnPropertySymbols(globalThis).length < 5 ? 'contained' : 'shared'
}
