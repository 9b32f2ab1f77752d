import type { RegistryAt, Timeline, TimelineChange } from '#contracts';
import { EmptyState } from '../../components/empty-state';
import { Panel } from '../../components/panel';
import { ReadProblem } from '../../components/read-problem';
import { Table, type Column } from '../../components/table';
import { linkTo, useLocation } from '../../state/location';
import { useJson } from '../../state/use-json';
import { useFormat, useTexts } from '../../text/language';
import type { ViewProps } from '../view-props';
import { compareTimes } from './differences';
import { Instances } from './instances';
import { Slider } from './slider';
import { TEXTS } from './texts';
import './time.css';

const RECORD = '/discovery/at';

/** The registry as it was at a time in the past. */
export function View({ live: { state } }: ViewProps) {
  const texts = useTexts(TEXTS);
  const chosen = useLocation().query.get('t');
  // What changes the record also changes the instances.
  const { result: timeline, again } = useJson<Timeline>('/discovery/timeline', state.instances);
  if (!timeline) return <p class="muted">{texts.reading}</p>;
  if (timeline.problem)
    return (
      <Panel title={texts.title} isFlush>
        <ReadProblem problem={timeline.problem} onToken={again} />
      </Panel>
    );
  return <Record timeline={timeline.value} chosen={chosen} />;
}

const choose = (ms: number): void =>
  window.history.replaceState(null, '', linkTo('time', { t: new Date(ms).toISOString() }));

interface RecordProps {
  readonly timeline: Timeline;
  /** ISO 8601; `null`: now. */
  readonly chosen: string | null;
}

function Record({ timeline, chosen }: RecordProps) {
  const texts = useTexts(TEXTS);
  const at = chosen ?? timeline.newest;
  const { result: then } = useJson<RegistryAt>(`${RECORD}?t=${encodeURIComponent(at)}`);
  const { result: now } = useJson<RegistryAt>(RECORD, timeline);
  return (
    <>
      <Panel title={texts.title}>
        <p class="muted">{texts.hint}</p>
        <Slider timeline={timeline} chosen={Date.parse(at)} onChoose={follow} />
        <p class="time-links">
          <a href={linkTo('explain', { at })}>{texts.explain}</a>
          {typeof then?.value?.revision === 'string' && (
            <span class="muted">
              {texts.revision} <span class="mono">{then.value.revision}</span>
            </span>
          )}
        </p>
      </Panel>
      <Panel title={texts.instance} isFlush>
        {then?.problem && <ReadProblem problem={then.problem} onToken={() => undefined} />}
        {then?.value && (
          <Instances compared={compareTimes(then.value.instances, now?.value?.instances ?? [])} />
        )}
      </Panel>
      <Panel title={texts.changes} isFlush>
        <Changes changes={timeline.changes.filter((change) => change.at <= at).reverse()} />
      </Panel>
    </>
  );
}

function follow(ms: number): void {
  choose(ms);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

function Changes({ changes }: { readonly changes: readonly TimelineChange[] }) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const columns: readonly Column<TimelineChange>[] = [
    { label: texts.change, render: ({ type }) => type },
    {
      label: texts.time,
      render: ({ at }) => <a href={linkTo('time', { t: at })}>{format.time(at)}</a>,
    },
    {
      label: texts.subject,
      render: ({ kind, service, instanceId, revision }) =>
        kind === 'policy' ? (
          <>
            {texts.policyFile} <span class="mono muted">{revision}</span>
          </>
        ) : (
          <>
            {service} <span class="mono muted">{instanceId}</span>
          </>
        ),
    },
    { label: texts.reason, isWide: true, render: ({ reason }) => reason },
  ];
  if (changes.length === 0) return <EmptyState title={texts.noChange} />;
  return (
    <Table
      caption={texts.changesCaption}
      columns={columns}
      rows={changes}
      keyOf={({ at, type, instanceId, revision }) => `${at} ${type} ${instanceId ?? revision ?? ''}`}
    />
  );
}
