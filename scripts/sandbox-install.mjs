// Installs what the sandbox can use beyond npm packages: RabbitMQ, over which it then runs three of its flows.
import { spawn } from 'node:child_process';
import { installRabbitMq } from './engines/rabbitmq-install.mjs';
import { findRabbitMq } from './engines/rabbitmq-programs.mjs';

const run = ([program, ...args]) =>
  new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });

// Breaking off goes through the orderly end, which leaves nothing half done on the system.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));

try {
  const wasThere = findRabbitMq() !== undefined;
  await installRabbitMq(run);
  console.log(`${wasThere ? 'RabbitMQ is already on this machine' : 'RabbitMQ is installed, and its system service is off'}: ${findRabbitMq().server}. npm run up uses it from its next start.`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
