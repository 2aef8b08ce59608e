import { createHmac, timingSafeEqual } from 'node:crypto'

export interface SessionCookie {
  name: string
  /** What better-auth signs it with. */
  secret: string
}

/** The token that better-auth put into the cookie; null without one, or where the signature is not ours. */
export function sessionToken(headers: Headers, { name, secret }: SessionCookie): string | null {
  const value = valueOf(headers.get('cookie') ?? '', name)
  const dot = value?.lastIndexOf('.') ?? -1
  if (value === null || dot < 1) return null
  const token = value.slice(0, dot)
  const signature = Buffer.from(value.slice(dot + 1), 'base64')
  const wanted = createHmac('sha256', secret).update(token).digest()
  return signature.length === wanted.length && timingSafeEqual(signature, wanted) ? token : null
}

function valueOf(cookies: string, name: string): string | null {
  for (const pair of cookies.split(';')) {
    const [key = '', value] = pair.trim().split('=', 2)
    if (key !== name || value === undefined) continue
    try {
      return decodeURIComponent(value)
    } catch (error) {
      if (error instanceof URIError) return null
      throw error
    }
  }
  return null
}
