// must: returns "contained"
module.exports = () => {
  const reached = []
  try {
    reached.push(require('child_process'))
  } catch {}
  try {
    reached.push(require('isolated-vm'))
  } catch {}
  return reached.length === 0 ? 'contained' : 'required something'
}
