/** See listener.mjs. */
export function listenerOf(url: URL): number | undefined;
