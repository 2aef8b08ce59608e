/** The role that only an owner gives and takes; the same id in the database and the API. */
export const OWNER = 'owner'
