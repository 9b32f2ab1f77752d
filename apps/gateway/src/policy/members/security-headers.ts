import { flag } from '../shapes.js';

/** Whether responses get the fields of a hardened site where the service set none. */
export const SECURITY_HEADERS = flag;
