// must: fails (node\.failed|sandbox\.message_too_large|sandbox\.timeout)
export default () => {
  let deep = []
  for (let level = 0; level < 200_000; level++) deep = [deep]
  return deep
}
