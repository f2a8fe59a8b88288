import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { findRabbitMq } from './rabbitmq-programs.mjs';

/** Asked by Debian's packages before they start a service; 101 means no. */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/**
 * Installs RabbitMQ from the packages of a Debian-like system, as root, without starting or enabling its system service:
 * Signalbox runs a node of its own.
 * @param sh runs a command; resolves to whether it ended well
 * @throws Error with what to do where this is not possible
 */
export async function installRabbitMq(sh) {
  if (findRabbitMq()) return;
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
    throw new Error(
      'RabbitMQ can be installed here only by hand: install RabbitMQ 3.10 or newer with your package manager (Debian and ' +
        'Ubuntu: apt-get install rabbitmq-server, Fedora: dnf install rabbitmq-server, macOS: brew install rabbitmq).',
    );
  }
  const apt = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-y', '-q'];
  // A container may have a policy of its own, which says the same.
  const ownPolicy = !existsSync(SERVICE_POLICY);
  const withdrawPolicy = () => rmSync(SERVICE_POLICY, { force: true });
  if (ownPolicy) {
    // Also when the installation is broken off: left behind, it would keep every later service from starting.
    process.once('exit', withdrawPolicy);
    writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  }
  try {
    await sh([...apt, 'update']);
    if (!(await sh([...apt, 'install', '--no-install-recommends', 'rabbitmq-server'])) || !findRabbitMq()) {
      throw new Error('apt-get could not install rabbitmq-server: see its words above, and check the network and the package sources.');
    }
  } finally {
    if (ownPolicy) {
      withdrawPolicy();
      process.off('exit', withdrawPolicy);
    }
  }
  if (existsSync('/run/systemd/system')) await sh(['systemctl', 'disable', 'rabbitmq-server']);
}
