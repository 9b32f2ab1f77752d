/** See pattern.mjs. */
export const LONGEST: number;
export function patternAt(offset: number, length: number): Buffer;
