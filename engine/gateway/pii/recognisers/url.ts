import { type Recogniser, pattern } from '../scan.ts'

const USER_INFO = /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@:'"<>]{1,256}:[^\s/@'"<>]{1,256}@[^\s'"<>)\]]{1,2000}/gi
const IN_QUERY =
  /https?:\/\/[^\s'"<>?]{1,1000}\?[^\s'"<>#]{0,1000}?(?<![A-Za-z])(?:access_token|api_?key|token|secret|password|passwd|pwd|auth|sig|signature|key|code|session(?:_?id)?|sid|x-amz-signature)=[^\s'"<>&#]{8,2000}[^\s'"<>]{0,1000}/gi

const userInfo = pattern('URL_CREDENTIALS', USER_INFO, () => 0.97)
const inQuery = pattern('URL_CREDENTIALS', IN_QUERY, () => 0.85)

export const url: Recogniser = {
  name: 'url',
  types: ['URL_CREDENTIALS'],
  *find(scan) {
    if (!scan.text.includes('://')) return
    yield* userInfo(scan)
    yield* inQuery(scan)
  },
}
