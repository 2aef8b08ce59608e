/** Before any schema is made: no code may be made from text here, so zod need not try. */
import { z } from 'zod'

z.config({ jitless: true })
