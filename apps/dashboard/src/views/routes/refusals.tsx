import { Ago } from '../../components/ago';
import { EmptyState } from '../../components/empty-state';
import { Panel } from '../../components/panel';
import { ReadProblem } from '../../components/read-problem';
import { Table, type Column } from '../../components/table';
import { useJson } from '../../state/use-json';
import { useTexts } from '../../text/language';
import { TEXTS } from './texts';

/** The part of `GET /policies/refusals` that the page shows. */
interface Refusal {
  readonly at: string;
  readonly requestId: string;
  readonly method: string;
  readonly target: string;
  readonly client: string;
  readonly route: string | null;
  readonly status: number;
  readonly problem: string;
  readonly refusal: string | null;
}

export interface RefusalsProps {
  /** ISO 8601, of the gateway's clock. */
  readonly now: string;
}

const REFRESH_MS = 5000;

/** The latest requests that the gateway refused: which client, when and why. */
export function Refusals({ now }: RefusalsProps) {
  const texts = useTexts(TEXTS);
  const { result, again } = useJson<readonly Refusal[]>(
    '/policies/refusals',
    Math.floor(Date.parse(now) / REFRESH_MS),
  );
  const columns: readonly Column<Refusal>[] = [
    {
      label: texts.request,
      render: ({ method, target }) => (
        <span class="mono">
          {method} {target}
        </span>
      ),
    },
    { label: texts.when, render: ({ at }) => <Ago at={at} now={now} /> },
    { label: texts.client, render: ({ client }) => <span class="mono">{client}</span> },
    { label: texts.status, isNumber: true, render: ({ status }) => status },
    { label: texts.route, render: ({ route }) => route ?? '–' },
    { label: texts.reason, isWide: true, render: ({ refusal, problem }) => refusal ?? problem },
  ];
  return (
    <Panel title={texts.refusals} isFlush>
      {result?.problem && <ReadProblem problem={result.problem} onToken={again} />}
      {result?.value?.length === 0 && <EmptyState title={texts.noRefusal}>{texts.refusalsHint}</EmptyState>}
      {result?.value && result.value.length > 0 && (
        <Table
          caption={texts.refusals}
          columns={columns}
          rows={result.value}
          keyOf={({ requestId, at }) => `${at} ${requestId}`}
        />
      )}
    </Panel>
  );
}
