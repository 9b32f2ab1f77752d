import type { Refusal } from '#contracts';
import { Ago } from '../../components/ago';
import { EmptyState } from '../../components/empty-state';
import { Panel } from '../../components/panel';
import { ReadProblem } from '../../components/read-problem';
import { Table, type Column } from '../../components/table';
import { linkTo } from '../../state/location';
import { useJson } from '../../state/use-json';
import { useFormat, useTexts } from '../../text/language';
import { refusalGroups, type RefusalGroup } from './refusal-groups';
import { TEXTS } from './texts';

export interface RefusalsProps {
  /** ISO 8601, of the gateway's clock. */
  readonly now: string;
}

const REFRESH_MS = 5000;
/** Read at once; equal ones share a row. */
const MOST = 500;

/** The latest requests that the gateway refused: which client, when and why. */
export function Refusals({ now }: RefusalsProps) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const { result, again } = useJson<readonly Refusal[]>(
    `/policies/refusals?limit=${MOST}`,
    Math.floor(Date.parse(now) / REFRESH_MS),
  );
  const groups = refusalGroups(result?.value ?? []);
  const columns: readonly Column<RefusalGroup>[] = [
    {
      label: texts.request,
      render: ({ latest: { method, target } }) => (
        <span class="mono">
          {method} {target}
        </span>
      ),
    },
    { label: texts.caller, render: ({ latest }) => <Caller refusal={latest} /> },
    { label: texts.route, render: ({ latest: { route, service } }) => route ?? service ?? '–' },
    { label: texts.status, isNumber: true, render: ({ latest: { status } }) => status },
    {
      label: texts.reason,
      isWide: true,
      render: ({ latest: { refusal, problem } }) => refusal ?? problem,
    },
    { label: texts.count, isNumber: true, render: ({ count }) => format.number(count) },
    { label: texts.when, render: ({ latest: { at } }) => <Ago at={at} now={now} /> },
    {
      label: texts.explain,
      isLabelHidden: true,
      // The values of the query are withheld.
      render: ({ latest: { method, target, client } }) => (
        <a href={linkTo('explain', { method, path: target.replace(/\?.*/, ''), client })}>{texts.explain}</a>
      ),
    },
  ];
  return (
    <Panel title={texts.refusals} isFlush>
      {result?.problem && <ReadProblem problem={result.problem} onToken={again} />}
      {result?.value && groups.length === 0 && (
        <EmptyState title={texts.noRefusal}>{texts.refusalsHint}</EmptyState>
      )}
      {groups.length > 0 && (
        <Table caption={texts.refusals} columns={columns} rows={groups} keyOf={({ key }) => key} />
      )}
    </Panel>
  );
}

const Caller = ({ refusal: { consumer, client } }: { readonly refusal: Refusal }) => (
  <>
    {consumer !== null && consumer !== '' && <>{consumer} </>}
    <span class="mono muted">{client}</span>
  </>
);
