import type { InstanceView } from '#contracts';
import { send, type Result } from '../../state/gateway-request';

const instanceUrl = (id: string): string => `/discovery/services/${encodeURIComponent(id)}`;

/** What an operator can do with an instance. */
export type InstanceAction =
  | { readonly name: 'drain' | 'resume' | 'remove' | 'endFault' }
  | { readonly name: 'weight'; readonly weight: number };

/** Sends the request of an action. */
export function runAction(id: string, action: InstanceAction): Promise<Result<InstanceView | undefined>> {
  switch (action.name) {
    case 'drain':
      return send('POST', `${instanceUrl(id)}/drain`);
    case 'resume':
      return send('DELETE', `${instanceUrl(id)}/drain`);
    case 'weight':
      return send('PUT', `${instanceUrl(id)}/weight`, { weight: action.weight });
    case 'endFault':
      return send('DELETE', `${instanceUrl(id)}/fault`);
    case 'remove':
      return send('DELETE', `/discovery/unregister/${encodeURIComponent(id)}`);
  }
}
