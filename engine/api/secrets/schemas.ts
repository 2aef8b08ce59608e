import { z } from 'zod'

export const secretNameSchema = z.string().trim().min(1).max(100)
export const secretValueSchema = z.string().min(1).max(65_536)
