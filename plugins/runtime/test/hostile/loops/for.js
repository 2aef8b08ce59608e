// must: fails sandbox.timeout
export default () => {
  for (;;);
}
