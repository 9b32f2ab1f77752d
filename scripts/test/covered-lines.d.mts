/** See covered-lines.mjs. */
export function coveredLines(folder?: string): string;
