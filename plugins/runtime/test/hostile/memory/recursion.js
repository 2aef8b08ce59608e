// must: fails node.failed
export default () => {
  const deeper = () => deeper() + 1
  return deeper()
}
