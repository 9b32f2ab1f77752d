/** Tags that one purge may name. */
export const MAX_PURGE_TAGS = 100;
