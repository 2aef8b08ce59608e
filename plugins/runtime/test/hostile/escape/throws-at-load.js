// must: fails plugin.invalid
throw {
  toString: () => {
    throw new Error('looked at')
  },
}
export default () => 'loaded'
