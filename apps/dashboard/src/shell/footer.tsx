import type { DashboardState } from '#contracts';
import { useFormat, useTexts } from '../text/language';
import { TEXTS } from './texts';

/** What runs here, and where to read on. */
export function Footer({ state: { gateway, policy, at } }: { readonly state: DashboardState }) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const runningMs = Date.parse(at) - Date.parse(gateway.startedAt);
  return (
    <footer class="footer">
      <span>{`${gateway.name} ${gateway.version}`}</span>
      <span title={format.dateTime(gateway.startedAt)}>{texts.running(format.duration(runningMs))}</span>
      <span>{texts.dataPlane(gateway.dataPlane)}</span>
      <span>{texts.store[gateway.store]}</span>
      <span>{policy.revision ? texts.policy(policy.revision) : texts.noPolicy}</span>
      <a href="/docs">{texts.apiDocs}</a>
      <a href="/metrics">{texts.metrics}</a>
    </footer>
  );
}
