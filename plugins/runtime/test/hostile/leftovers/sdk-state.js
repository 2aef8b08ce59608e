// must: returns "contained"
import * as sdk from '#sdk'
export default (input, host) => {
  if (input.role === 'leave') {
    sdk.z.ZodType.secret = input.secret
    return 'left'
  }
  return sdk.z.ZodType.secret ?? 'contained'
}
