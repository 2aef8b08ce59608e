// must: settles
// grants: {"progress":true}
export default (input, host) => {
  // Speaks for other steps: whatever number it guesses, none of them is of its run.
  Reflect.defineProperty(Number.prototype, 'toJSON', { value: () => 1 })
  String.prototype.slice = () => '1'
  host.progress('for another')
  return 'said'
}
