// must: returns "honest"
export default () => {
  JSON.stringify = () => '{"stolen":true}'
  JSON.parse = () => ({ stolen: true })
  return 'honest'
}
