import { TestIssuer } from '#testing';
import { fetchKeySet } from './fetch-key-set.js';

describe('The fetch of a key set', () => {
  let issuer: TestIssuer;
  beforeAll(async () => (issuer = await TestIssuer.start()));
  afterAll(() => issuer.close());
  const open = new AbortController().signal;

  it.each([
    ['the response', () => undefined],
    ['its end', (_request: unknown, response: { write(text: string): unknown }) => void response.write('{')],
  ])('ends when %s does not arrive in time', async (_what, respond) => {
    issuer.respond = respond;
    await expect(fetchKeySet(issuer.url, open, 50)).rejects.toThrow(
      'the issuer did not respond within 50 ms',
    );
  });

  it('ends when the provider is closed', async () => {
    issuer.respond = () => undefined;
    const closed = new AbortController();
    const pending = fetchKeySet(issuer.url, closed.signal);
    closed.abort();
    await expect(pending).rejects.toThrow('the issuer cannot be reached');
  });
});
