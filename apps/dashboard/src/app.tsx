import { useLiveState } from './state/live-state';
import { useLocation } from './state/location';

/** The dashboard: one view at a time over one live state. */
export function App() {
  const { state } = useLiveState();
  const { view } = useLocation();
  return (
    <main>
      {state?.gateway.name ?? 'msa-gateway'} {view}
    </main>
  );
}
