import type { DashboardState } from '#contracts';
import type { LiveState } from '../state/live-state';

/** What every view gets. Parts of the state that did not change are the same objects as before. */
export interface ViewProps {
  readonly live: LiveState & { readonly state: DashboardState };
}
