// must: fails node.failed
module.exports = function body(input, host) {
  const peek = new Proxy(function () {}, {
    apply: (target, self, rest) => self?.process ?? body.caller.constructor,
  })
  return peek.call(globalThis).name + arguments.callee.caller
}
