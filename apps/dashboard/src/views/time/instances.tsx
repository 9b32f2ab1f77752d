import type { InstanceAt } from '#contracts';
import { EmptyState } from '../../components/empty-state';
import { StatusBadge } from '../../components/status-badge';
import { Table, type Column } from '../../components/table';
import { useTexts } from '../../text/language';
import type { ComparedInstance } from './differences';
import { TEXTS } from './texts';

const CONDITIONS = { up: 'ok', down: 'critical', starting: 'neutral', draining: 'warning' } as const;

/** The instances of a time, with what became of them. */
export function Instances({ compared }: { readonly compared: readonly ComparedInstance[] }) {
  const texts = useTexts(TEXTS);
  const of = (row: ComparedInstance): InstanceAt | undefined => row.then;
  const columns: readonly Column<ComparedInstance>[] = [
    {
      label: texts.instance,
      render: ({ id, then, now }) => (
        <>
          {(then ?? now)?.name} <span class="mono muted">{id}</span>
        </>
      ),
    },
    { label: texts.version, render: (row) => of(row)?.version ?? '–' },
    { label: texts.weight, isNumber: true, render: (row) => of(row)?.weight ?? '–' },
    {
      label: texts.status,
      render: ({ then }) =>
        then ? <StatusBadge condition={CONDITIONS[then.status]}>{then.status}</StatusBadge> : '–',
    },
    { label: texts.reason, isWide: true, render: (row) => of(row)?.statusReason ?? '–' },
    { label: texts.since, isWide: true, render: (row) => <Since row={row} /> },
  ];
  if (compared.length === 0) return <EmptyState title={texts.none} />;
  return <Table caption={texts.caption} columns={columns} rows={compared} keyOf={({ id }) => id} />;
}

function Since({ row: { then, now, changed } }: { readonly row: ComparedInstance }) {
  const texts = useTexts(TEXTS);
  if (!then) return <span class="is-warning">{texts.fresh}</span>;
  if (!now) return <span class="is-critical">{texts.gone}</span>;
  if (changed.length === 0) return <span class="muted">{texts.same}</span>;
  return (
    <span class="is-warning">
      {changed.map((member) => texts.nowIs(member, String(now[member]))).join(', ')}
    </span>
  );
}
