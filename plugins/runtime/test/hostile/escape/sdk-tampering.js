// must: returns "contained"
import * as sdk from '#sdk'
const { z } = sdk
try {
  z.ZodType.prototype.safeParse = () => ({ success: true, data: {} })
  sdk.defineNode.constructor('return process')
} catch {}
export default () => 'contained'
