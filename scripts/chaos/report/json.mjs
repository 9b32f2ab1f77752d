/** A result for programs: figures, checks and changes of rotation. Times are milliseconds; those of the drill since its start. */
export function jsonOf({ drill, options, phases, all, detectMs, recoverMs, checks, passed }) {
  const { samples, ...rest } = drill;
  const { fault, service, forMs, rate } = options;
  const result = { fault, service, forMs, rate, passed, all, phases };
  return JSON.stringify(
    { ...result, detectMs: detectMs ?? null, recoverMs: recoverMs ?? null, checks, drill: rest },
    undefined,
    2,
  );
}
