import { defineEvent } from '#contracts';
import { id, version } from './schemas.js';

/** Which user changed. Name and address stay in the user service: events are copied and kept. */
export interface UserEventData {
  readonly id: string;
  readonly version: number;
}

const data = { id, version };

export const userCreated = defineEvent<UserEventData>('shop.user.created', 'A user was created', data);
export const userChanged = defineEvent<UserEventData>('shop.user.changed', 'Members of a user changed', data);
export const userDeleted = defineEvent<UserEventData>('shop.user.deleted', 'A user was deleted', data);
