/** A drill cannot be run; `message` says why and what to do. */
export class DrillError extends Error {
  name = 'DrillError';
}
