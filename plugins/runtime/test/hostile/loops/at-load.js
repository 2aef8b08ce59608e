// must: fails sandbox.timeout
for (;;);
export default () => 1
