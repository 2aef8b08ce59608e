// must: fails sandbox.timeout
export default () => ({
  toJSON() {
    for (;;);
  },
})
