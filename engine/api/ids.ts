import { z } from 'zod'

const MAX_CHARACTERS = 200

export const idSchema = z.string().min(1).max(MAX_CHARACTERS)
export const byId = z.strictObject({ id: idSchema })
