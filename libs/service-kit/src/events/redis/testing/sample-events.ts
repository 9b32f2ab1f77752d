import type { CloudEvent } from '#contracts';

export const CHANGED = 'test.thing.changed.v1';

/** Event number `count` of a source, now. */
export const sampleEvent = (source: string, subject: string, count: number, type = CHANGED): CloudEvent => ({
  specversion: '1.0',
  id: `${source}-${count}`,
  source,
  type,
  subject,
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  dataschema: 'urn:test:thing',
  data: { count },
  sequence: String(Date.now() * 1000 + count),
});

/** Events of a source about several subjects in turn, numbered from `first`. */
export const sampleEvents = (source: string, subjects: number, count: number, first = 1): CloudEvent[] =>
  Array.from({ length: count }, (_, i) => sampleEvent(source, `thing-${i % subjects}`, first + i)).sort(
    (a, b) => Number(a.sequence) - Number(b.sequence),
  );

/** The ids that were handled of each subject, in the order of their handling. */
export const bySubject = (events: readonly CloudEvent[]): Record<string, string[]> => {
  const ids: Record<string, string[]> = {};
  for (const { subject, id } of events) (ids[subject] ??= []).push(id);
  return ids;
};
