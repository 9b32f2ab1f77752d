import { useEffect, useState } from 'preact/hooks';
import type { DiscoveryEvent, DiscoveryEventType } from '#contracts';
import { send } from '../../state/gateway-request';
import { addEvents } from './journal';

/** As the gateway declares them: the stream names each event by its type. */
const TYPES: Readonly<Record<DiscoveryEventType, true>> = {
  registered: true,
  renewed: true,
  moved: true,
  'status-changed': true,
  draining: true,
  resumed: true,
  'weight-changed': true,
  'contract-changed': true,
  'contract-accepted': true,
  'dns-failed': true,
  unregistered: true,
  expired: true,
  removed: true,
};
export const EVENT_TYPES = Object.keys(TYPES) as readonly DiscoveryEventType[];

interface Journal {
  /** Newest first. */
  readonly events: readonly DiscoveryEvent[];
  readonly isLost: boolean;
}

/** The events that the gateway still has, and new ones as they come. */
export function useJournal(): Journal {
  const [events, setEvents] = useState<readonly DiscoveryEvent[]>([]);
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    const add = (more: readonly DiscoveryEvent[]): void => setEvents((journal) => addEvents(journal, more));
    const readAll = (): void =>
      void send<readonly DiscoveryEvent[]>('GET', '/discovery/events?since=0').then(({ value }) =>
        setEvents((journal) => addEvents([], [...journal, ...(value ?? [])])),
      );
    const source = new EventSource('/discovery/events');
    source.addEventListener('open', () => {
      setLost(false);
      readAll();
    });
    source.addEventListener('error', () => setLost(true));
    for (const type of EVENT_TYPES)
      source.addEventListener(type, ({ data }: MessageEvent) =>
        add([JSON.parse(String(data)) as DiscoveryEvent]),
      );
    return () => source.close();
  }, []);
  return { events, isLost };
}
