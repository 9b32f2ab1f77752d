import { validationFailed } from '#contracts';

type Resource = Readonly<Record<'id' | 'createdAt', string>>;

/**
 * Accepts read-only members of a request that equal those of the resource: `id`, `createdAt`, and `more`.
 * @throws Problem `validation-failed` with a pointer to each member that differs.
 */
export function requireUnchanged<T extends Resource>(
  current: T,
  sent: { readonly [member in keyof T]?: unknown },
  more: readonly (keyof T & string)[] = [],
): void {
  const errors = (['id', 'createdAt', ...more] as const)
    .filter((member) => sent[member] !== undefined && !isSame(member, sent[member], current[member]))
    .map((member) => ({
      pointer: `/${member}`,
      detail: `${member} is read-only; send its current value or leave it out`,
    }));
  if (errors.length > 0)
    throw validationFailed(`${errors.length} read-only member(s) of the request differ from the resource`, {
      errors,
    });
}

// A client may send the same instant in another form, for example with an offset.
const isSame = (member: string, sent: unknown, current: unknown): boolean =>
  sent === current ||
  (member === 'createdAt' && Date.parse(sent as string) === Date.parse(current as string));
