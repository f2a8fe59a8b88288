import { afterEach, expect, test, vi } from 'vitest';
import { installRabbitMq } from './rabbitmq-install.mjs';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('says what to do where it cannot install, and runs nothing', async () => {
  vi.stubEnv('PATH', '');
  vi.spyOn(process, 'getuid').mockReturnValue(1_000);
  const run = vi.fn<(command: string[]) => Promise<boolean>>();
  await expect(installRabbitMq(run)).rejects.toThrow(/^RabbitMQ can be installed here only by hand: .*apt-get install rabbitmq-server.*brew install rabbitmq\)\.$/);
  expect(run).not.toHaveBeenCalled();
});
