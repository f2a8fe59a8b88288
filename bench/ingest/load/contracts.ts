import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FLOW_COUNT, queueName } from './network';

/** Writes contracts for everything the load generator sends: one source, and 40 flows of two hops with five fields each. */
export function writeContracts(directory: string): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'sources.yaml'), SOURCES);
  for (let flow = 0; flow < FLOW_COUNT; flow++) writeFileSync(join(directory, `${flowId(flow)}.yaml`), flowContract(flow));
}

function flowId(flow: number): string {
  return `flow-${String(flow).padStart(2, '0')}`;
}

const SOURCES = `apiVersion: signalbox/v1
kind: Sources
sources:
  - { id: rabbit-main, name: Message broker, system: middleware, kind: rabbitmq, match: [{ address: rabbit-main.hospital.example, port: 5672 }] }
systems:
  - { id: middleware, name: Integration engine }
`;

function flowContract(flow: number): string {
  return `apiVersion: signalbox/v1
kind: Flow
metadata: { id: ${flowId(flow)}, name: Flow ${flow}, version: 1.0.0 }
spec:
  criticality: C2
  tier: event
  path:
    - id: intake
      channel: { source: rabbit-main, kind: queue, name: ${queueName(flow, 'intake')} }
    - id: delivery
      channel: { source: rabbit-main, kind: queue, name: ${queueName(flow, 'delivery')} }
  fields:
    message:  { from: ["attr:messaging.message.id"] }
    facility: { from: ["attr:hospital.facility.id", "resource:hospital.facility.id"] }
    payer:    { from: ["attr:hospital.payer.id"] }
    claim:    { from: ["attr:hospital.claim.id"], case: true, token: true }
    reason:   { from: ["attr:error.type"] }
`;
}
