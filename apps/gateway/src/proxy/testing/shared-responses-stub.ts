import type { PurgePosition } from '../../cache/purges/shared-purges.js';
import type { SharedResponses } from '../../cache/shared-responses.js';
import type { StoredResponse } from '../../cache/stored-response.js';

/** Responses that other gateways have stored, as a spec says. */
export class SharedResponsesStub implements SharedResponses {
  isAvailable = false;
  position: PurgePosition = { epoch: 'e', id: 1 };
  readonly asked: string[] = [];
  readonly stored: { readonly response: StoredResponse; readonly position: PurgePosition | undefined }[] = [];
  onFind: () => Promise<StoredResponse | undefined> = () => Promise.resolve(undefined);

  find(key: string): Promise<StoredResponse | undefined> {
    this.asked.push(key);
    return this.onFind();
  }

  store(_key: string, response: StoredResponse, position: PurgePosition | undefined): void {
    this.stored.push({ response, position });
  }
}
