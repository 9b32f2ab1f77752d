import type { DashboardState, RouteState } from '#contracts';
import { EmptyState } from '../../components/empty-state';
import { Table, type Column } from '../../components/table';
import { linkTo } from '../../state/location';
import { useFormat, useTexts } from '../../text/language';
import { declaredMembers, describeMatch, inOneLine, keyOf, type RoutePolicy } from './policies';
import { TEXTS } from './texts';

export interface RouteTableProps {
  readonly routes: readonly RoutePolicy[];
  readonly live: DashboardState['routes'];
}

/** Routes with the policy that is in effect, what they refused, and what their cache served. */
export function RouteTable({ routes, live }: RouteTableProps) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const columns: readonly Column<RoutePolicy>[] = [
    {
      label: texts.route,
      render: (route) => (
        <>
          {route.name ?? route.service}
          <br />
          <span class="mono muted">{describeMatch(route)}</span>
        </>
      ),
    },
    { label: texts.policy, isWide: true, render: (route) => <Members route={route} /> },
    { label: texts.refused, isWide: true, render: (route) => <Refused state={live[keyOf(route)]} /> },
    {
      label: texts.hitRate,
      isNumber: true,
      render: (route) => {
        const rate = live[keyOf(route)]?.cacheHitRate ?? null;
        return rate === null ? '–' : format.percent(rate);
      },
    },
    {
      label: texts.explain,
      isLabelHidden: true,
      render: ({ service, match }) => (
        <a href={linkTo('explain', { path: examplePath(service, match), method: exampleMethod(match) })}>
          {texts.explain}
        </a>
      ),
    },
  ];
  if (routes.length === 0) return <EmptyState title={texts.none}>{texts.noneHint}</EmptyState>;
  return <Table caption={texts.routes} columns={columns} rows={routes} keyOf={keyOf} />;
}

function examplePath(service: string, { path }: RoutePolicy['match']): string {
  const { prefix, exact } = (path ?? {}) as { readonly prefix?: string; readonly exact?: string };
  return `/api/${service}${exact ?? prefix ?? '/'}`;
}

const exampleMethod = ({ methods }: RoutePolicy['match']): string =>
  Array.isArray(methods) ? String(methods[0]) : 'GET';

function Members({ route }: { readonly route: RoutePolicy }) {
  const texts = useTexts(TEXTS);
  const declared = declaredMembers(route);
  if (declared.length === 0) return <span class="muted">{texts.defaults}</span>;
  return (
    <details>
      <summary>{declared.map(([name]) => name).join(', ')}</summary>
      <dl class="facts">
        {declared.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd class="mono">
              {inOneLine(value)} <span class="tag">{route.sources[name]}</span>
            </dd>
          </>
        ))}
      </dl>
    </details>
  );
}

function Refused({ state }: { readonly state: RouteState | undefined }) {
  const format = useFormat();
  const reasons = Object.entries(state?.refusedPerMinute ?? {}).filter(([, count]) => count > 0);
  if (reasons.length === 0) return <>–</>;
  return (
    <ul>
      {reasons.map(([reason, count]) => (
        <li key={reason}>
          <span class="is-warning">{format.number(count)}</span> {reason}
        </li>
      ))}
    </ul>
  );
}
