import { useMemo, useState } from 'preact/hooks';
import type { DiscoveryEvent } from '#contracts';
import { Ago } from '../../components/ago';
import { EmptyState } from '../../components/empty-state';
import { FilterInput } from '../../components/filter-input';
import { Panel } from '../../components/panel';
import { StatusBadge } from '../../components/status-badge';
import { Table, type Column } from '../../components/table';
import { linkTo } from '../../state/location';
import { useTexts } from '../../text/language';
import type { ViewProps } from '../view-props';
import { matching } from './journal';
import { TEXTS } from './texts';
import { EVENT_TYPES, useJournal } from './use-journal';

const CONDITIONS = {
  up: 'ok',
  down: 'critical',
  starting: 'neutral',
  draining: 'warning',
  gone: 'neutral',
} as const;

const columnsOf = (texts: (typeof TEXTS)['en'], now: string): readonly Column<DiscoveryEvent>[] => [
  {
    label: texts.event,
    render: ({ type }) => type,
  },
  {
    label: texts.time,
    render: ({ at }) => (
      <a href={linkTo('time', { t: at })} title={texts.showTable}>
        <Ago at={at} now={now} />
      </a>
    ),
  },
  {
    label: texts.status,
    render: ({ status }) => <StatusBadge condition={CONDITIONS[status]}>{status}</StatusBadge>,
  },
  {
    label: texts.instance,
    isWide: true,
    render: ({ service, instanceId }) => (
      <>
        <a href={linkTo('services', { filter: service })}>{service}</a>{' '}
        <span class="mono muted">{instanceId}</span>
      </>
    ),
  },
  { label: texts.reason, isWide: true, render: ({ reason }) => reason },
];

/** The journal of the registry, live. */
export function View({ live: { state } }: ViewProps) {
  const texts = useTexts(TEXTS);
  const { events, isLost } = useJournal();
  const [filter, setFilter] = useState('');
  const [type, setType] = useState('');
  const shown = useMemo(() => matching(events, filter, type), [events, filter, type]);
  const filters = (
    <>
      <FilterInput label={texts.filter} value={filter} onChange={setFilter} />
      <select
        class="input"
        aria-label={texts.type}
        value={type}
        onChange={({ currentTarget }) => setType(currentTarget.value)}
      >
        <option value="">{texts.allTypes}</option>
        {EVENT_TYPES.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </>
  );
  return (
    <Panel title={texts.title} actions={filters} isFlush>
      {isLost && <p class="notice is-warning">{texts.lost}</p>}
      {events.length === 0 && <EmptyState title={texts.none}>{texts.noneHint}</EmptyState>}
      {events.length > 0 && shown.length === 0 && <EmptyState title={texts.noMatch} />}
      {shown.length > 0 && (
        <Table
          caption={texts.caption}
          columns={columnsOf(texts, state.at)}
          rows={shown}
          keyOf={({ id }) => String(id)}
        />
      )}
    </Panel>
  );
}
