import { Panel } from '../../components/panel';
import { ReadProblem } from '../../components/read-problem';
import { Table, type Column } from '../../components/table';
import { useJson } from '../../state/use-json';
import { useFormat, useTexts } from '../../text/language';
import { TEXTS } from './texts';

/** The part of `GET /policies/mirror` that the page shows. */
interface Mirror {
  readonly service: string;
  readonly route: string | null;
  readonly to: { readonly service?: string; readonly version?: string };
  readonly percent: number;
  /** Copies by what became of them. */
  readonly requests: Readonly<Record<string, number>>;
  readonly comparisons: { readonly compared: number; readonly different: number } | null;
  readonly differences: readonly Difference[];
}

interface Difference {
  readonly path: string;
  readonly different: number;
  readonly isNoise: boolean;
  readonly sample: { readonly present: string | number; readonly mirror: string | number };
}

const REFRESH_MS = 5000;
/** Paths that are shown; those with the most differences. */
const PATHS_SHOWN = 10;

/** The mirrors of routes: their copies, and where their responses differ. */
export function Mirrors({ now }: { readonly now: string }) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const { result, again } = useJson<{ readonly mirrors: readonly Mirror[] }>(
    '/policies/mirror',
    Math.floor(Date.parse(now) / REFRESH_MS),
  );
  const columns: readonly Column<Mirror>[] = [
    { label: texts.route, render: ({ service, route }) => route ?? service },
    {
      label: texts.mirrorTo,
      render: ({ to: { service, version }, percent }) => (
        <>
          {[service, version].filter((name) => name !== undefined).join(' ')}{' '}
          <span class="muted">{format.percent(percent / 100)}</span>
        </>
      ),
    },
    { label: texts.copies, isWide: true, render: ({ requests }) => <Counts counts={requests} /> },
    {
      label: texts.different,
      isNumber: true,
      render: ({ comparisons }) =>
        comparisons ? (
          <span class={comparisons.different > 0 ? 'is-warning' : ''}>
            {texts.differentOf(comparisons.different, comparisons.compared)}
          </span>
        ) : (
          texts.notCompared
        ),
    },
    {
      label: texts.where,
      isWide: true,
      render: ({ differences }) => <Differences differences={differences} />,
    },
  ];
  return (
    <Panel title={texts.mirrors} isFlush>
      {result?.problem && <ReadProblem problem={result.problem} onToken={again} />}
      {result?.value && (
        <Table
          caption={texts.mirrors}
          columns={columns}
          rows={result.value.mirrors}
          keyOf={({ service, route }) => `${service} ${route ?? ''}`}
        />
      )}
    </Panel>
  );
}

function Counts({ counts }: { readonly counts: Mirror['requests'] }) {
  const format = useFormat();
  const entries = Object.entries(counts);
  if (entries.length === 0) return <>–</>;
  return <>{entries.map(([name, count]) => `${format.number(count)} ${name}`).join(', ')}</>;
}

function Differences({ differences }: Pick<Mirror, 'differences'>) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const real = differences.filter(({ isNoise, different }) => !isNoise && different > 0);
  if (real.length === 0) return <>–</>;
  return (
    <ul>
      {real.slice(0, PATHS_SHOWN).map(({ path, different, sample: { present, mirror } }) => (
        <li key={path}>
          <span class="is-warning">{format.number(different)}</span> <span class="mono">{path}</span>{' '}
          <span class="muted">{texts.instead(String(present), String(mirror))}</span>
        </li>
      ))}
    </ul>
  );
}
