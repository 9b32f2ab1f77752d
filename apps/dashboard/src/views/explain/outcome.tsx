import { Panel } from '../../components/panel';
import { StatusBadge } from '../../components/status-badge';
import { useTexts } from '../../text/language';
import type { Explanation } from './explanation';
import { TEXTS } from './texts';

/** What would happen to the request, in one line, and its route. */
export function Outcome({ explanation }: { readonly explanation: Explanation }) {
  const texts = useTexts(TEXTS);
  const { route, upstreamPath, version, attempts } = explanation;
  return (
    <Panel title={texts.outcome}>
      <p class="outcome" role="status">
        <Result explanation={explanation} />
      </p>
      {explanation.problem && <p class="muted">{explanation.problem.detail}</p>}
      {route && (
        <dl class="facts">
          <dt>{texts.route}</dt>
          <dd>{route.name ?? texts.serviceRoute}</dd>
          <dt>{texts.upstreamPath}</dt>
          <dd class="mono">{upstreamPath}</dd>
          <dt>{texts.balancer}</dt>
          <dd>{route.balancer}</dd>
          {route.breaker !== null && (
            <>
              <dt>{texts.breaker}</dt>
              <dd>{route.breaker}</dd>
            </>
          )}
          {version !== null && (
            <>
              <dt>{texts.version}</dt>
              <dd>{version}</dd>
            </>
          )}
          {attempts.length > 0 && (
            <>
              <dt>{texts.attempts}</dt>
              <dd>
                <ol class="attempts">
                  {attempts.map(({ instance, after }) => (
                    <li key={instance}>
                      <span class="mono">{instance}</span>{' '}
                      {after.length > 0 && <span class="muted">{texts.after(after.join(', '))}</span>}
                    </li>
                  ))}
                </ol>
              </dd>
            </>
          )}
        </dl>
      )}
    </Panel>
  );
}

function Result({ explanation: { problem, reply, route } }: { readonly explanation: Explanation }) {
  const texts = useTexts(TEXTS);
  if (problem)
    return <StatusBadge condition="critical">{texts.refused(problem.status, problem.title)}</StatusBadge>;
  if (reply) return <StatusBadge condition="warning">{texts.replied(reply.status)}</StatusBadge>;
  return <StatusBadge condition="ok">{texts.forwarded(route?.service ?? '')}</StatusBadge>;
}
