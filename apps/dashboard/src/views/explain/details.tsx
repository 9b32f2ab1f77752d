import { EmptyState } from '../../components/empty-state';
import { Panel } from '../../components/panel';
import { StatusBadge } from '../../components/status-badge';
import { Table, type Column } from '../../components/table';
import { useFormat, useTexts } from '../../text/language';
import type { CandidateInstance, ExcludedInstance, Explanation, StageDecision } from './explanation';
import { TEXTS } from './texts';

const CONDITIONS: Readonly<Record<string, 'ok' | 'warning' | 'critical'>> = {
  continue: 'ok',
  wait: 'warning',
  respond: 'critical',
  refuse: 'critical',
};

/** The decisions of the stages, and the instances with the reasons for and against each. */
export function Details({
  explanation: { decisions, candidates, excluded },
}: {
  readonly explanation: Explanation;
}) {
  const texts = useTexts(TEXTS);
  const stages: readonly Column<StageDecision>[] = [
    { label: texts.stage, render: ({ stage }) => stage },
    {
      label: texts.decision,
      render: ({ decision }) => (
        <StatusBadge condition={CONDITIONS[decision] ?? 'neutral'}>{decision}</StatusBadge>
      ),
    },
    { label: texts.why, isWide: true, render: ({ detail }) => detail },
  ];
  return (
    <>
      {decisions.length > 0 && (
        <Panel title={texts.stages} isFlush>
          <Table
            caption={texts.stagesCaption}
            columns={stages}
            rows={decisions}
            keyOf={({ stage }) => stage}
          />
        </Panel>
      )}
      <Candidates candidates={candidates} />
      <Excluded excluded={excluded} />
    </>
  );
}

function Candidates({ candidates }: { readonly candidates: readonly CandidateInstance[] }) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const columns: readonly Column<CandidateInstance>[] = [
    { label: texts.instance, render: ({ id }) => <span class="mono">{id}</span> },
    { label: texts.version, render: ({ version }) => version },
    { label: texts.weight, isNumber: true, render: ({ weight }) => format.number(weight) },
    { label: texts.inFlight, isNumber: true, render: ({ inFlight }) => format.number(inFlight) },
    {
      label: texts.latency,
      isNumber: true,
      render: ({ latencyMs }) => (latencyMs === 0 ? '–' : format.duration(latencyMs)),
    },
    { label: texts.failures, isNumber: true, render: ({ failuresInRow }) => format.number(failuresInRow) },
  ];
  return (
    <Panel title={texts.candidates} isFlush>
      {candidates.length === 0 ? (
        <EmptyState title={texts.noCandidate} />
      ) : (
        <Table caption={texts.candidates} columns={columns} rows={candidates} keyOf={({ id }) => id} />
      )}
    </Panel>
  );
}

function Excluded({ excluded }: { readonly excluded: readonly ExcludedInstance[] }) {
  const texts = useTexts(TEXTS);
  const columns: readonly Column<ExcludedInstance>[] = [
    { label: texts.instance, render: ({ id }) => <span class="mono">{id}</span> },
    { label: texts.status, render: ({ status }) => status },
    { label: texts.reason, isWide: true, render: ({ reason }) => reason },
  ];
  return (
    <Panel title={texts.excluded} isFlush>
      {excluded.length === 0 ? (
        <EmptyState title={texts.noExcluded} />
      ) : (
        <Table
          caption={texts.excluded}
          columns={columns}
          rows={excluded}
          keyOf={({ id, reason }) => `${id} ${reason}`}
        />
      )}
    </Panel>
  );
}
