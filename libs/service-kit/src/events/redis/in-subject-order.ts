import type { CloudEvent } from '#contracts';

/**
 * Handles events: those of one subject one after the other in the order of the list, those of different subjects beside
 * each other. After a rejection the later events of that subject are left out.
 * @param concurrency how many events are handled at a time
 * @throws the first rejection, once no event is being handled
 */
export async function inSubjectOrder(
  events: readonly CloudEvent[],
  concurrency: number,
  handle: (event: CloudEvent) => Promise<void>,
): Promise<void> {
  const remaining = bySubject(events).values();
  const worker = async (): Promise<void> => {
    for (const ofSubject of remaining) for (const event of ofSubject) await handle(event);
  };
  const outcomes = await Promise.allSettled(Array.from({ length: concurrency }, worker));
  const rejection = outcomes.find((outcome) => outcome.status === 'rejected');
  if (rejection) throw rejection.reason;
}

function bySubject(events: readonly CloudEvent[]): Map<string, CloudEvent[]> {
  const subjects = new Map<string, CloudEvent[]>();
  for (const event of events) {
    const key = `${event.source} ${event.subject}`;
    const ofSubject = subjects.get(key);
    if (ofSubject) ofSubject.push(event);
    else subjects.set(key, [event]);
  }
  return subjects;
}
