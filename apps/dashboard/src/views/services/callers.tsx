import type { Caller, EdgeState } from '#contracts';
import { useFormat, useTexts } from '../../text/language';
import { TEXTS } from './texts';

export interface CallersProps {
  /** Calls of other services to the service. */
  readonly calls: readonly EdgeState[];
  /** Callers through the gateway; `undefined` if the gateway does not tell them. */
  readonly callers: readonly Caller[] | undefined;
  /** Of the gateway's clock. */
  readonly now: string;
}

/** Who calls a service: other services, and clients of the gateway. */
export function Callers({ calls, callers, now }: CallersProps) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const lively = calls.filter(({ requestsPerSecond }) => requestsPerSecond > 0);
  return (
    <dl class="callers">
      {lively.length > 0 && (
        <div>
          <dt>{texts.calledByServices}</dt>
          {lively.map(({ from, requestsPerSecond, errorRate }) => (
            <dd key={from}>
              {from} <span class="muted">{texts.perSecond(format.number(requestsPerSecond))}</span>
              {errorRate > 0 && <span class="is-warning"> {texts.failing(format.percent(errorRate))}</span>}
            </dd>
          ))}
        </div>
      )}
      <div>
        <dt>{texts.calledByClients}</dt>
        {callers?.map(({ kind, name, share, lastAt }) => (
          <dd key={`${kind} ${name}`}>
            {name === '' ? texts.unnamed : name}{' '}
            <span class="muted">
              {kind === 'consumer' && `${texts.consumer}, `}
              {format.percent(share)}, {format.relative(lastAt < now ? lastAt : now, now)}
            </span>
          </dd>
        ))}
        {callers?.length === 0 && <dd class="muted">{texts.noCaller}</dd>}
        {callers === undefined && <dd class="muted">{texts.callersWithheld}</dd>}
      </div>
    </dl>
  );
}
