import { explainUrl, questionOf } from './explanation';

describe('explainUrl', () => {
  it('sends each header line as a field, and the time if there is one', () => {
    const question = questionOf(
      new URLSearchParams({
        method: 'POST',
        path: '/api/users?a=1',
        headers: 'X-A: 1\nnone\nX-B:2',
        client: '192.0.2.1',
      }),
    );
    expect(new URL(explainUrl(question)!, 'http://gateway').searchParams.toString()).toBe(
      'method=POST&path=%2Fapi%2Fusers%3Fa%3D1&header=X-A%3A1&header=X-B%3A2&client=192.0.2.1',
    );
    expect(explainUrl({ ...question, at: '2026-01-01T00:00:00Z' })).toContain('&at=2026-01-01');
  });

  it('asks nothing without a path', () => {
    expect(explainUrl(questionOf(new URLSearchParams()))).toBeUndefined();
  });
});
