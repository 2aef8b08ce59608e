// must: fails sandbox.timeout
export default () => {
  for (;;) {
    try {
      for (;;);
    } catch {
    } finally {
      continue
    }
  }
}
