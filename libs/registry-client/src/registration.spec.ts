import type { HeartbeatDto, InstanceView, RegisterInstanceDto } from '#contracts';
import { RegistryError } from './http-registry.js';
import { Registration } from './registration.js';
import type { LocalTarget, Registry } from './registry.js';

const BODY = { id: 'user-service-a', name: 'user-service', url: 'http://127.0.0.1:1', ttlSeconds: 8 };
const HEARTBEAT_MS = 2000;
const VIEW = {} as InstanceView;
const UNREACHABLE = new Error('connect ECONNREFUSED');

class RecordingRegistry implements Registry {
  readonly calls: string[] = [];
  readonly targets: (LocalTarget | undefined)[] = [];
  readonly heartbeats: (HeartbeatDto | undefined)[] = [];
  onRegister: () => Promise<InstanceView> = () => Promise.resolve(VIEW);
  onHeartbeat: () => Promise<InstanceView | undefined> = () => Promise.resolve(VIEW);
  onUnregister: () => Promise<void> = () => Promise.resolve();

  register(_registration: RegisterInstanceDto, target?: LocalTarget): Promise<InstanceView> {
    this.calls.push('register');
    this.targets.push(target);
    return this.onRegister();
  }

  heartbeat(_id: string, body?: HeartbeatDto): Promise<InstanceView | undefined> {
    this.calls.push('heartbeat');
    this.heartbeats.push(body);
    return this.onHeartbeat();
  }

  unregister(): Promise<void> {
    this.calls.push('unregister');
    return this.onUnregister();
  }

  instances(): Promise<readonly InstanceView[]> {
    return Promise.resolve([]);
  }

  purgeResponses(): Promise<void> {
    return Promise.resolve();
  }
}

describe('Registration', () => {
  let registry: RecordingRegistry;
  const logger = { info: jest.fn(), warn: jest.fn() };

  beforeEach(() => {
    jest.useFakeTimers();
    jest.resetAllMocks();
    registry = new RecordingRegistry();
  });

  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const start = (target?: LocalTarget) =>
    Registration.start({
      registry,
      logger,
      body: BODY,
      ...(target && { target }),
      heartbeatBody: () => ({ inFlight: 3 }),
    });
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const jitter = (share: number) => jest.spyOn(Math, 'random').mockReturnValue(share);

  it('registers at once with its local target, then sends four heartbeats per lease with its report', async () => {
    const target = {} as LocalTarget;
    start(target);
    await pass(0);
    expect(registry.calls).toEqual(['register']);
    expect(registry.targets).toEqual([target]);

    await pass(HEARTBEAT_MS - 1);
    expect(registry.calls).toEqual(['register']);
    await pass(1);
    await pass(HEARTBEAT_MS);

    expect(registry.calls).toEqual(['register', 'heartbeat', 'heartbeat']);
    expect(registry.heartbeats).toEqual([{ inFlight: 3 }, { inFlight: 3 }]);
  });

  it.each([
    ['least', 0, [50, 100, 200, 400, 800, 1000, 1000]],
    ['most', 1, [100, 200, 400, 800, 1600, 2000, 2000]],
  ])(
    'retries with delays that double, at the %s jitter, until the registry responds',
    async (_name, share, delays) => {
      jitter(share);
      registry.onRegister = () => Promise.reject(UNREACHABLE);
      start();
      await pass(0);

      let tries = 1;
      for (const delay of delays) {
        await pass(delay - 1);
        expect(registry.calls).toHaveLength(tries);
        await pass(1);
        tries += 1;
        expect(registry.calls).toHaveLength(tries);
      }
      registry.onRegister = () => Promise.resolve(VIEW);
      await pass(HEARTBEAT_MS);

      expect(logger.info).toHaveBeenCalledTimes(1);
      expect(logger.warn).toHaveBeenCalledTimes(1);
    },
  );

  it('distinguishes a registry that refuses from one that is unavailable', async () => {
    registry.onRegister = () => Promise.reject(new RegistryError(401, 'a token is needed'));
    start();
    await pass(0);

    expect(logger.warn).toHaveBeenCalledWith(expect.anything(), expect.stringContaining('rejected'));
  });

  it('registers again at once when the registry has lost it', async () => {
    start();
    await pass(0);
    registry.onHeartbeat = () => Promise.resolve(undefined);
    await pass(HEARTBEAT_MS);
    await pass(1);

    expect(registry.calls).toEqual(['register', 'heartbeat', 'register']);
  });

  it('waits for an asynchronous report, and sends nothing after it is stopped', async () => {
    const ready = (): Promise<HeartbeatDto> =>
      new Promise((resolve) => setTimeout(resolve, 50, { ready: true }));
    const registration = Registration.start({ registry, logger, body: BODY, heartbeatBody: ready });
    await pass(HEARTBEAT_MS + 50);
    expect(registry.heartbeats).toEqual([{ ready: true }]);
    const stopped = registration.stop();
    await pass(10 * HEARTBEAT_MS);
    await stopped;
    expect(registry.calls).toEqual(['register', 'heartbeat', 'unregister']);
  });

  describe('at a registry that refuses events', () => {
    const events = { waiting: 0, oldestSeconds: 0, deadLetters: 0 };
    const others = { ready: true, inFlight: 1, loopLagMs: 2, backlog: { name: 'pending orders', count: 4 } };
    const refuse = () => Promise.reject(new RegistryError(400, 'events must not be set'));
    const startWithEvents = () =>
      Registration.start({ registry, logger, body: BODY, heartbeatBody: () => ({ ...others, events }) });

    beforeEach(() => {
      registry.onHeartbeat = () => (registry.heartbeats.at(-1)?.events ? refuse() : Promise.resolve(VIEW));
    });

    it('keeps its lease, and sends its other members without a second request per heartbeat', async () => {
      startWithEvents();
      await pass(3 * HEARTBEAT_MS);
      expect(registry.heartbeats).toEqual([{ ...others, events }, others, others, others]);
      expect(registry.calls.filter((each) => each === 'register')).toHaveLength(1);
      expect(logger.info).toHaveBeenLastCalledWith(
        expect.anything(),
        expect.stringContaining('member events'),
      );
      expect(logger.info).toHaveBeenCalledTimes(2);
      expect(logger.warn).not.toHaveBeenCalled();
    });

    it('sends events again after its next registration', async () => {
      startWithEvents();
      await pass(HEARTBEAT_MS);
      registry.onHeartbeat = () => Promise.resolve(undefined);
      await pass(HEARTBEAT_MS);
      registry.onHeartbeat = () => Promise.resolve(VIEW);
      await pass(2 * HEARTBEAT_MS);
      expect(registry.heartbeats.slice(2)).toEqual([others, { ...others, events }]);
    });

    it('logs a report that is refused without events, too', async () => {
      jitter(1);
      registry.onHeartbeat = refuse;
      startWithEvents();
      await pass(HEARTBEAT_MS);
      expect(logger.warn).toHaveBeenCalledTimes(1);
      // Of the registration.
      expect(logger.info).toHaveBeenCalledTimes(1);
    });
  });

  it('does not repeat a refused report without events', async () => {
    registry.onHeartbeat = () => Promise.reject(new RegistryError(400, 'inFlight must be an integer'));
    start();
    await pass(HEARTBEAT_MS);
    expect(registry.heartbeats).toHaveLength(1);
    expect(logger.warn).toHaveBeenCalledTimes(1);
  });

  it('continues heartbeats through an outage, and resets its delays for the next one', async () => {
    jitter(1);
    start();
    await pass(0);
    registry.onHeartbeat = () => Promise.reject(UNREACHABLE);
    await pass(HEARTBEAT_MS + 100 + 200);
    registry.onHeartbeat = () => Promise.resolve(VIEW);
    await pass(400);
    const before = registry.calls.length;
    registry.onHeartbeat = () => Promise.reject(UNREACHABLE);
    await pass(HEARTBEAT_MS + 100);

    expect(registry.calls.slice(before)).toEqual(['heartbeat', 'heartbeat']);
    expect(registry.calls.filter((call) => call === 'register')).toHaveLength(1);
  });

  it('deregisters on stop, and sends nothing afterwards', async () => {
    const registration = start();
    await pass(0);
    await registration.stop();
    await pass(10 * HEARTBEAT_MS);

    expect(registry.calls).toEqual(['register', 'unregister']);
  });

  it('deregisters after a registration that was in flight when it was stopped', async () => {
    let respond: () => void = () => undefined;
    registry.onRegister = () => new Promise((resolve) => (respond = () => resolve(VIEW)));
    const registration = start();
    await pass(0);
    const stopped = registration.stop();
    expect(registry.calls).toEqual(['register']);
    respond();
    await stopped;
    await pass(10 * HEARTBEAT_MS);

    expect(registry.calls).toEqual(['register', 'unregister']);
  });

  it('sends nothing when it is stopped before its first call', async () => {
    await start().stop();
    await pass(10 * HEARTBEAT_MS);

    expect(registry.calls).toEqual([]);
  });

  it('does not wait for an unavailable registry at shutdown', async () => {
    registry.onUnregister = () => Promise.reject(UNREACHABLE);
    const registration = start();
    await pass(0);

    await expect(registration.stop()).resolves.toBeUndefined();
    expect(logger.info).toHaveBeenLastCalledWith(
      {},
      expect.stringContaining('the lease of the instance will expire'),
    );
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('logs a warning when the registry rejects the deregistration', async () => {
    registry.onUnregister = () => Promise.reject(new RegistryError(401, 'no'));
    const registration = start();
    await pass(0);
    await registration.stop();
    expect(logger.warn).toHaveBeenCalledTimes(1);
  });
});
