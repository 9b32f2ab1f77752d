import { RespondStage } from './respond.stage.js';

const policy = { status: 503, contentType: 'text/html', digest: '' };

describe('The respond stage', () => {
  it('gives the declared response', () => {
    const stage = new RespondStage({ ...policy, content: Buffer.from('<p>soon</p>') });
    const reply = stage.request();
    expect(reply).toEqual({
      status: 503,
      fields: { 'content-type': 'text/html' },
      body: Buffer.from('<p>soon</p>'),
    });
    expect(stage.preview()).toMatchObject({ decision: 'respond', reply });
  });

  it('has no content type without content', () =>
    expect(new RespondStage({ ...policy, content: Buffer.alloc(0) }).request().fields).toEqual({}));
});
