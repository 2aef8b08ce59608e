// must: returns "contained"
export default () => ({
  then(resolve, reject) {
    try {
      resolve(resolve.constructor('return typeof process')())
    } catch {
      resolve('contained')
    }
  },
})
