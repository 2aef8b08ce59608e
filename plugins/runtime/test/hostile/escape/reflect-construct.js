// must: returns "contained"
export default () => {
  const maker = Object.getPrototypeOf(async () => {}).constructor
  try {
    Reflect.construct(maker, ['return 1'], Object)
    return 'made code from text'
  } catch {
    return 'contained'
  }
}
