import type { LoggedExchange } from '../access-log/access-log.js';
import { ended } from './ended-exchange.js';

/** An exchange as the access log reads it. */
export const loggedExchange = (overrides: Partial<LoggedExchange> = {}): LoggedExchange => ({
  ...ended(),
  method: 'GET',
  target: '/api/users/1',
  requestId: 'request-id',
  clientAddress: '10.0.0.1',
  startedAt: 10,
  respondedAt: 0,
  header: () => undefined,
  route: undefined,
  instance: undefined,
  ...overrides,
});
