import type { CapturedResponse } from './captured-response.js';
import { jsonDifferences, type Kind } from './json-differences.js';

/** A difference of two responses: in `status`, in `body`, or at a path of JSON bodies. */
export interface ResponseDifference {
  readonly path: string;
  /** What stands at the path in the response of the service, without its value; a status is told. */
  readonly present: Kind | number;
  readonly mirror: Kind | number;
}

/** The differences of a response from that of the service. @throws Error if a body cannot be decoded */
export async function responseDifferences(
  present: CapturedResponse,
  other: CapturedResponse,
): Promise<readonly ResponseDifference[]> {
  const status =
    present.status === other.status
      ? []
      : [{ path: 'status', present: present.status, mirror: other.status }];
  const [a, b] = await Promise.all([present.body(), other.body()]);
  return [...status, ...bodyDifferences(a, b)];
}

function bodyDifferences(present: Buffer, other: Buffer): readonly ResponseDifference[] {
  if (present.equals(other)) return [];
  const [a, b] = [jsonOf(present), jsonOf(other)];
  if (a && b) return jsonDifferences(a.value, b.value);
  return [{ path: 'body', present: kindOf(present), mirror: kindOf(other) }];
}

const kindOf = ({ length }: Buffer): Kind => (length === 0 ? 'absent' : 'text');

function jsonOf(body: Buffer): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(body.toString()) as unknown };
  } catch {
    return undefined;
  }
}
