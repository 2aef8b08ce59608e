// must: returns "done"
// grants: {"model":true,"log":true}
export default (input, host) => {
  void host.model.generate({ prompt: 'x', purpose: 'x' }).then(() => {
    host.log('after the end')
    for (;;);
  })
  return 'done'
}
