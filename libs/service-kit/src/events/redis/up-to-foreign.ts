import type { CloudEvent } from '#contracts';
import type { Taken, TakenEvent } from './group-session.js';

/** An event of a type that only other processes of the group handle. */
export type ForeignEvent = TakenEvent & { readonly event: CloudEvent };

/** What a process may acknowledge of the events that it read. */
export interface OwnEvents {
  /** The events of each stream before its first event of a type that only other processes of the group handle. */
  readonly events: readonly TakenEvent[];
  /** The first event of such a type. */
  readonly foreign: ForeignEvent | undefined;
}

/**
 * While two versions of a service run, one of them may lack a handler that the other one has. Its events, and those after
 * them, are left to the other one.
 * @param types that this process handles
 */
export function upToForeign({ events, handledTypes }: Taken, types: ReadonlySet<string>): OwnEvents {
  const isForeign = (taken: TakenEvent): taken is ForeignEvent =>
    taken.event !== undefined && !types.has(taken.event.type) && handledTypes.has(taken.event.type);
  const first = events.find(isForeign);
  if (!first) return { events, foreign: undefined };
  const cut = new Set<string>();
  const own = events.filter((taken) => {
    if (isForeign(taken)) cut.add(taken.stream);
    return !cut.has(taken.stream);
  });
  return { events: own, foreign: first };
}
