// must: fails sandbox.timeout
const again = () => void Promise.resolve().then(again)
again()
export default () => 1
