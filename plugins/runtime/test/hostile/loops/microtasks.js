// must: fails sandbox.timeout
export default () => {
  const again = () => void Promise.resolve().then(again)
  again()
  return 'later'
}
